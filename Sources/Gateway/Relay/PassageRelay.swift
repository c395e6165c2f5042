import AWSClient
import AWSServer
import AWSWire
import Bedquota
import Foundation

/// A request that no quota of ours counts: it is signed and relayed at once.
struct PassageRelay: Sendable {
  /// The longest reply, in bytes. These are listings and short answers.
  private static let bodyBytesMax = 16 * 1_024 * 1_024

  let admitted: AdmittedRequest
  let passage: GatewayRoute.Passage

  private var gateway: GatewayCore { admitted.gateway }
  private var claim: CallerClaim { admitted.claim }

  func answer() async -> ServerResponse {
    var record = admitted.record
    record.bytesIn = admitted.request.body.count
    let response: ServerResponse
    var account = gateway.accounts.first
    do {
      let call = try call()
      account = call.account
      record.attempts = 1
      let reply = try await passed(call)
      record.upstreamID = RelayHeaders.requestID(reply.headers)
      record.outcome = (200..<300).contains(reply.status) ? .succeeded : .failed
      response = ServerResponse(
        status: reply.status, headers: RelayHeaders.downstream(from: reply.headers, keepsLength: false), body: reply.body)
    } catch {
      let error = error is UnsentCancellation ? CancellationError() : error
      let failure = GatewayFailure(error)
      (record.outcome, record.error, record.refusal) = (failure.outcome, failure.fault.code, failure.reason)
      failure.log(to: gateway, account: account)
      var rendered = ServedService.ofPath(admitted.request.path).reply(failure.fault, requestID: record.id)
      rendered.headers += failure.headers
      if error is CancellationError { (rendered.isDropped, record.outcome, record.error) = (true, .abandoned, nil) }
      response = rendered
    }
    (record.status, record.bytesOut) = (response.status, response.body.count)
    record.took = AWSClient.uptimeOfProcess() - admitted.startedAt
    gateway.ended(record)
    return response
  }

  private func passed(_ call: UpstreamCall) async throws -> UpstreamRefusal {
    let loop = try admitted.loop
    return try await admitted.client.whilePresent {
      // These are listings and short answers.
      let reply = try await UpstreamRefusal(gateway.send(call, on: loop), bytesMax: Self.bodyBytesMax)
      if case .signed = claim.upstream, reply.refusesIdentity { throw reply.error(of: "The operation", now: gateway.now()) }
      guard reply.isWhole || !(200..<300).contains(reply.status) else {
        throw AWSClientError(
          .response, "The reply of AWS broke off, or is longer than the gateway relays; ask for less at a time.")
      }
      return reply
    }
  }

  /// The request as it goes to AWS: by the id of its model, if it names one.
  private func call() throws -> UpstreamCall {
    guard !passage.isCharged || !claim.caller.isLimited else {
      throw GatewayRefusal(
        AWSFault(
          code: "AccessDeniedException",
          message:
            "The key '\(claim.caller.name)' has a budget or a list of models, and nobody can count what this operation will use; use a key without them.",
          status: 403, isModelled: true), .model)
    }
    var (request, hash, target) = (admitted.request, admitted.bodyHash, passage.target)
    let invoked = try invoked()?.allowed(to: claim.caller)
    if let invoked {
      if passage.id != nil {
        target = invoked.target(from: target)
      } else if invoked.isRenamed {
        request.body = try invoked.body(from: request.body)
        hash = SigV4.bodyHash(request.body)
      }
    }
    let place = try gateway.accounts.place(asked: claim.region, route: invoked?.route)
    return UpstreamCall(
      service: passage.service, account: place.account, region: place.region, method: request.method, target: target,
      request: request, bodyHash: hash, claim: claim)
  }

  private func invoked() throws -> InvokedName? {
    let models = admitted.settings.configuration.models
    if let id = passage.id { return InvokedName(id, models: models) }
    // Where no name has a meaning of ours, AWS reads the body.
    guard let api = passage.bodyAPI, !models.isEmpty || claim.caller.isLimited else { return nil }
    return try InvokedName(
      RelayedRequest(api, isStreamed: false, body: admitted.request.body, headers: admitted.request.headers), models: models)
  }
}
