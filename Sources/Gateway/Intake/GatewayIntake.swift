import AWSClient
import AWSServer
import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import NIOCore

/// Decides from the head of a request what becomes of it, before its body is received.
struct GatewayIntake: Sendable {
  let gateway: GatewayCore

  func open(_ head: ServerRequest) -> HTTPOpening {
    let startedAt = AWSClient.uptimeOfProcess()
    let settings = gateway.settings
    let route: GatewayRoute
    do throws(GatewayRoute.Problem) {
      route = try GatewayRoute(method: head.method, target: head.target, signingName: Self.signingName(head))
    } catch {
      return .reply(refusal(of: error, head, startedAt))
    }
    switch route {
    case .page(.models):
      return admitted(head, as: .bedrockOpenAI, .page, settings, startedAt) { admitted in
        let response = await ModelsPage(
          gateway: gateway, caller: admitted.claim.caller, models: admitted.settings.configuration.models
        ).reply()
        ended(admitted.record, response, nil, .succeeded, startedAt)
        return response
      }
    // With an address of their own, they are nowhere else.
    case .page(.metrics) where settings.configuration.admin.listen != nil,
      .page(.status) where settings.configuration.admin.listen != nil:
      return .reply(refusal(of: .unknown, head, startedAt))
    case .page(let page): return GatewayPages(gateway: gateway, settings: settings).open(page, head)
    case .passage(let passage):
      return admitted(head, as: .ofPath(head.path), .passage, settings, startedAt) { admitted in
        await PassageRelay(admitted: admitted, passage: passage).answer()
      }
    case .invocation(let invocation):
      let service = invocation.service
      return admitted(head, as: service, .invocation(invocation.api), settings, startedAt) { admitted in
        do {
          return try await InvocationRelay(admitted, invocation, loop: admitted.loop).answer()
        } catch {
          return failed(admitted, error)
        }
      }
    }
  }

  private static func signingName(_ head: ServerRequest) -> String? {
    head.header("authorization").flatMap { SigV4Authorization($0) }?.service
  }

  typealias Answer = @Sendable (AdmittedRequest) async -> ServerResponse

  /// Receives the body of a request whose caller is let in, and answers it once the body proves who the caller is.
  private func admitted(
    _ head: ServerRequest, as service: ServedService, _ operation: RequestRecord.Operation, _ settings: GatewayCore.Settings,
    _ startedAt: Duration, _ answer: @escaping Answer
  ) -> HTTPOpening {
    var record = record(of: head, operation)
    let claim: CallerClaim
    do throws(AWSFault) {
      claim = try settings.authenticator.open(head, for: service, peer: head.peer, now: gateway.now())
    } catch {
      return .reply(denied(error, service, record, startedAt))
    }
    record.caller = claim.isPending ? nil : claim.caller.name
    let bytesMax = claim.caller.bodyBytesMax ?? settings.configuration.limits.bodyBytesMax
    let held: HeldBody
    do throws(HeldBytes.Refusal) {
      held = try HeldBody(
        HeldBody.announced(by: head, bytesMax: bytesMax), of: claim.isPending ? HeldBody.stranger(head.peer) : claim.caller.index,
        in: gateway.heldBytes)
    } catch {
      return .reply(full(error, head, service, record, startedAt))
    }
    let arriving = ArrivingRequest(
      gateway, settings: settings, claim: claim, head: head, held: held, service: service, record: record, startedAt: startedAt)
    return .boundedBody(bytesMax) { body, client in
      switch prove(arriving, body, client) {
      case .success(let admitted): await answer(admitted)
      case .failure(let refusal): refusal.reply
      }
    }
  }

  private struct Denial: Error { var reply: ServerResponse }

  /// Proves by the body who sent a request, and takes the room for it. It stays out of the function that waits, whose stack would
  /// hold all of this.
  @inline(never)
  private func prove(_ arriving: ArrivingRequest, _ body: Data, _ client: ClientPresence) -> Result<AdmittedRequest, Denial> {
    let (claim, head, service, startedAt) = (arriving.claim, arriving.head, arriving.service, arriving.startedAt)
    let hash = SigV4.bodyHash(body)
    do throws(AWSFault) {
      try arriving.settings.authenticator.verify(claim, head, bodyHash: hash, for: service)
    } catch {
      // Those of keys that nobody knows were counted by their heads.
      let isCounted = claim.signature?.secret == nil
      return .failure(Denial(reply: denied(error, service, arriving.record, startedAt, isCounted: isCounted)))
    }
    let admitted = AdmittedRequest(arriving, body: body, bodyHash: hash, client: client)
    do throws(HeldBytes.Refusal) {
      try arriving.held.arrived(body.count, of: claim.caller.index)
    } catch {
      return .failure(Denial(reply: full(error, head, service, admitted.record, startedAt)))
    }
    return .success(admitted)
  }

  /// - Parameter isCounted: whether the failure has taken from what its address may fail.
  private func denied(
    _ fault: AWSFault, _ service: ServedService, _ record: RequestRecord, _ startedAt: Duration, isCounted: Bool = false
  ) -> ServerResponse {
    var response = service.reply(fault, requestID: record.id)
    let now = Int64(gateway.now().timeIntervalSince1970 * 1e9)
    guard isCounted || gateway.failures.affords(peer: record.client ?? "", at: now) else {
      // Who guesses needs a new connection for each guess, and writes no log. Others behind the same address are served on.
      response.endsConnection = true
      gateway.failures.countCut()
      return response
    }
    ended(record, response, fault.code, .denied, startedAt)
    return response
  }

  /// An error that should not be.
  @inline(never)
  private func failed(_ admitted: AdmittedRequest, _ error: any Error) -> ServerResponse {
    let failure = GatewayFailure(error)
    failure.log(to: gateway, account: nil)
    let response = admitted.service.reply(failure.fault, requestID: admitted.record.id)
    ended(admitted.record, response, failure.fault.code, failure.outcome, admitted.startedAt)
    return response
  }

  /// There is no room for the body.
  private func full(
    _ refusal: HeldBytes.Refusal, _ head: ServerRequest, _ service: ServedService, _ record: RequestRecord, _ startedAt: Duration
  ) -> ServerResponse {
    let reply = RefusalReply(refusal, ClientPatience(headers: head.headers), dice: .random(in: 0...1))
    var response = service.render(reply.fault, requestID: record.id)
    response.headers += reply.headers
    var record = record
    record.refusal = .heldBytes
    ended(record, response, reply.fault.code, .refused, startedAt)
    return response
  }

  private func refusal(of problem: GatewayRoute.Problem, _ head: ServerRequest, _ startedAt: Duration) -> ServerResponse {
    let fault =
      switch problem {
      case .ambiguous:
        AWSFault(
          code: "ValidationException",
          message: "The target of the request can be read in two ways; send a plain path, percent-encoded once.", status: 400)
      case .unknown:
        AWSFault(
          code: "UnknownOperationException",
          message: UnknownOperation.message(method: head.method, path: head.path), status: 404)
      case .bidirectional:
        AWSFault(
          code: "UnknownOperationException",
          message: "The gateway carries no bidirectional streams; call Bedrock itself for them.", status: 501)
      }
    let record = record(of: head, .unknown)
    let response = ServedService.ofPath(head.path).reply(fault, requestID: record.id)
    ended(record, response, fault.code, .invalid, startedAt)
    return response
  }

  func ended(
    _ record: RequestRecord, _ response: ServerResponse, _ code: String?, _ outcome: RequestRecord.Outcome, _ startedAt: Duration
  ) {
    var record = record
    (record.status, record.error, record.outcome) = (response.status, code, outcome)
    record.took = AWSClient.uptimeOfProcess() - startedAt
    gateway.ended(record)
  }

  func record(of head: ServerRequest, _ operation: RequestRecord.Operation) -> RequestRecord {
    var record = RequestRecord(
      atMilliseconds: Int64(gateway.now().timeIntervalSince1970 * 1_000), id: RequestID.next(), method: head.method,
      // Whoever makes up a path writes no more than this into the log.
      path: String(decoding: head.path.utf8.prefix(2_048), as: UTF8.self), operation: operation)
    record.client = head.peer
    record.traceID = TraceContext(head.headers)?.traceID
    return record
  }
}

extension GatewayRoute.Invocation {
  /// The dialect in which the caller reads errors.
  var service: ServedService {
    switch (api, endpoint) {
    case (.messages, .mantle?): .mantleMessages
    case (.messages, _): .bedrockMessages
    case (.chatCompletions, .mantle?), (.responses, .mantle?): .mantleOpenAI
    case (.chatCompletions, _), (.responses, _): .bedrockOpenAI
    case (.invokeModel, _), (.converse, _): .bedrock
    }
  }
}
