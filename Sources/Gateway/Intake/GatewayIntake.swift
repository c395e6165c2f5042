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
    let signed = head.header("authorization").flatMap { SigV4Authorization($0) }?.service
    let route: GatewayRoute
    do throws(GatewayRoute.Problem) {
      route = try GatewayRoute(method: head.method, target: head.target, signingName: signed)
    } catch {
      return .reply(refusal(of: error, head, startedAt))
    }
    switch route {
    case .page(.models):
      return admitted(head, as: .bedrockOpenAI, .page, settings, startedAt) { _, claim, record, _, _ in
        let response = await ModelsPage(gateway: gateway, caller: claim.caller).reply()
        ended(record, response, nil, .succeeded, startedAt)
        return response
      }
    case .page(let page): return GatewayPages(gateway: gateway, settings: settings).open(page, head)
    case .passage(let passage):
      return admitted(head, as: .bedrock, .passage, settings, startedAt) { request, claim, record, hash, client in
        await PassageRelay(
          gateway: gateway, passage: passage, claim: claim, request: request, bodyHash: hash, client: client, record: record,
          startedAt: startedAt
        ).answer()
      }
    case .invocation(let invocation):
      let service = invocation.service
      return admitted(head, as: service, .invocation(invocation.api), settings, startedAt) { request, claim, record, hash, client in
        guard let loop = client.eventLoop else { return ServerResponse(status: 500, headers: [], body: Data()) }
        return await InvocationRelay(
          gateway, invocation, claim: claim, service: service, request: request, bodyHash: hash, client: client, loop: loop,
          record: record, startedAt: startedAt
        ).answer()
      }
    }
  }

  typealias Answer = @Sendable (ServerRequest, CallerClaim, RequestRecord, String, ClientPresence) async -> ServerResponse

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
    record.agent = ClientPatience(headers: head.headers).agent.rawValue
    let bytesMax = claim.caller.bodyBytesMax ?? settings.configuration.limits.bodyBytesMax
    return .boundedBody(bytesMax) { [record] body, client in
      let hash = SigV4.bodyHash(body)
      do throws(AWSFault) {
        try settings.authenticator.verify(claim, head, bodyHash: hash, for: service)
      } catch {
        return denied(error, service, record, startedAt)
      }
      var (request, record) = (head, record)
      request.body = body
      record.caller = claim.caller.name
      return await answer(request, claim, record, hash, client)
    }
  }

  private func denied(
    _ fault: AWSFault, _ service: ServedService, _ record: RequestRecord, _ startedAt: Duration
  ) -> ServerResponse {
    let response = service.render(fault, requestID: record.id)
    ended(record, response, fault.code, .denied, startedAt)
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
    let response = ServedService.bedrock.render(fault, requestID: record.id)
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
      atMilliseconds: Int64(gateway.now().timeIntervalSince1970 * 1_000), id: UUID().uuidString.lowercased(), method: head.method,
      path: String(head.path), operation: operation)
    record.client = head.peer
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
