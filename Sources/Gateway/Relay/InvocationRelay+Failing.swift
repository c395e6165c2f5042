import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import Foundation
import Synchronization

/// What the client is told if no reply has begun.
extension InvocationRelay {
  /// The reply to a request that failed, and the end of it.
  @inline(never)
  func refused(_ error: any Error) -> ServerResponse {
    if let raw = rawRefusal(error) {
      note(raw, error)
      update { $0.status = raw.status }
      end(raw.status == 429 ? .throttled : .failed)
      return ServerResponse(
        status: raw.status, headers: RelayHeaders.downstream(from: raw.headers, keepsLength: false) + pause(raw, error),
        body: raw.body)
    }
    guard !(error is CancellationError) else {
      end(.abandoned)
      var dropped = ServerResponse(status: 499, headers: [], body: Data())
      dropped.isDropped = true
      return dropped
    }
    let failure = GatewayFailure(error, self)
    var response = service.reply(failure.fault, requestID: state.withLock { $0.record.id })
    response.headers += failure.headers
    tell(failure)
    update { $0.status = response.status }
    end(failure.outcome)
    return response
  }

  /// The same for a stream whose status is spent: its client saw a 200 that broke, and the record has the reason.
  func broken(_ error: any Error) -> AWSFault {
    defer { end(.broken) }
    if let raw = rawRefusal(error) {
      note(raw, error)
      let service = raw.service
      return AWSFault(code: service.code, message: service.message, status: raw.status)
    }
    let failure = GatewayFailure(error, self)
    tell(failure)
    return failure.fault
  }

  private func tell(_ failure: GatewayFailure) {
    failure.log(to: gateway, account: state.withLock { $0.pool?.account })
    state.withLock { state in
      (state.record.error, state.record.refusal) = (failure.fault.code, failure.reason)
      state.record.upstreamID = state.refusal?.requestID
    }
  }

  private func note(_ raw: UpstreamRefusal, _ error: any Error) {
    let isOutOfRetries = (error as? Refusal)?.code == .retryBudget
    update { record in
      (record.upstreamID, record.error) = (raw.requestID, raw.service.code)
      if isOutOfRetries { record.refusal = .retries }
    }
  }

  /// When to come back, which AWS's own 429 says seldom.
  private func pause(_ raw: UpstreamRefusal, _ error: any Error) -> [(name: String, value: String)] {
    guard raw.status == 429, let refusal = error as? Refusal,
      !raw.headers.contains(where: { $0.name.lowercased() == "retry-after" })
    else { return [] }
    let failure = GatewayFailure(refusal, self)
    var headers = failure.headers
    if let seconds = failure.fault.retryAfter { headers.append(("Retry-After", "\(seconds)")) }
    return headers
  }

  /// AWS's own words, which go back as they came. They do not where AWS refused the gateway itself, of which the caller knows
  /// nothing.
  ///
  /// A request that waited in vain to be sent once more failed for the reason that AWS gave.
  private func rawRefusal(_ error: any Error) -> UpstreamRefusal? {
    guard let refusal = state.withLock({ $0.refusal }) else { return nil }
    let isInVain = error is Refusal || (error as? AWSClientError)?.code == .timeout
    guard (error as? AWSClientError)?.code == .service || isInVain && (refusal.status == 429 || refusal.status >= 500)
    else { return nil }
    if case .signed = claim.upstream, refusal.refusesIdentity { return nil }
    return refusal
  }
}
