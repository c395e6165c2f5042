import AWSServer
import AWSWire
import Foundation
import Synchronization

/// The gateway's own pages. Those of operators answer on loopback, or to whoever has their key.
struct GatewayPages: Sendable {
  let gateway: GatewayCore
  let settings: GatewayCore.Settings

  func open(_ page: GatewayRoute.Page, _ head: ServerRequest) -> HTTPOpening {
    let accept = head.header("accept")
    switch page {
    case .live: return health(.live, head)
    case .ready: return health(.ready, head)
    case .health: return health(.health, head)
    case .hello: return .reply(GatewayHealth.hello)
    case .metrics, .status:
      guard isOperator(head) else {
        let fault = AWSFault(
          code: "AccessDeniedException", message: "This page is for operators: send the admin secret as a bearer token.",
          status: 403)
        return .reply(ServedService.bedrock.render(fault, requestID: ""))
      }
      return .body { _, _ in
        let status = gateway.status()
        gateway.metrics.set(gateway.failures)
        return page == .metrics ? gateway.metrics.reply(accept: accept, status) : status.reply()
      }
    // Callers have it, not operators.
    case .models: return .reply(ServerResponse(status: 404, headers: [], body: Data()))
    }
  }

  private func health(_ page: GatewayHealth.Page, _ head: ServerRequest) -> HTTPOpening {
    let health = gateway.health.withLock { $0 }
    return .reply(health.reply(to: page, accept: head.header("accept"), isForOperator: isOperator(head)))
  }

  private func isOperator(_ head: ServerRequest) -> Bool {
    OperatorAccess(secret: settings.configuration.admin.secret).admits(head, peer: head.peer)
  }
}
