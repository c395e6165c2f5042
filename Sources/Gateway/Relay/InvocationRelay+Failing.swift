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
      update { record in
        record.status = raw.status
        record.upstreamID = RelayHeaders.requestID(raw.headers)
        record.error = (error as? AWSClientError)?.service?.code
      }
      end(raw.status == 429 ? .throttled : .failed)
      return ServerResponse(
        status: raw.status,
        headers: RelayHeaders.downstream(from: raw.headers, keepsLength: false), body: raw.body)
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
    tell(failure, status: response.status)
    return response
  }

  /// The same for a stream whose status is spent.
  func fault(of error: any Error) -> AWSFault {
    if let raw = rawRefusal(error), let service = (error as? AWSClientError)?.service {
      end(raw.status == 429 ? .throttled : .broken)
      return AWSFault(code: service.code, message: service.message, status: raw.status)
    }
    let failure = GatewayFailure(error, self)
    tell(failure, status: 200)
    return failure.fault
  }

  private func tell(_ failure: GatewayFailure, status: Int) {
    failure.log(to: gateway, account: state.withLock { $0.plan?.pool.account })
    update { record in
      (record.status, record.error, record.refusal) = (status, failure.fault.code, failure.reason)
    }
    end(failure.outcome)
  }

  /// AWS's own words, which are passed on as they came. They are not where AWS refused the gateway itself, of which the caller knows
  /// nothing.
  ///
  /// A request that waited in vain to be sent once more failed for the reason that AWS gave.
  private func rawRefusal(_ error: any Error) -> UpstreamRefusal? {
    guard let refusal = state.withLock({ $0.refusal }) else { return nil }
    let isInVain = error is Refusal || (error as? AWSClientError)?.code == .timeout
    guard (error as? AWSClientError)?.code == .service || isInVain && refusal.status >= 500 else { return nil }
    if case .signed = claim.upstream, refusal.refusesIdentity { return nil }
    return refusal
  }
}
