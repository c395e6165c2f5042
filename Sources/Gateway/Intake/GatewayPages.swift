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
    case .home, .events:
      guard isOperator(head) else { return .reply(noBrowser) }
      return .body { _, _ in
        page == .home ? gateway.livePages.page(gateway.status()) : gateway.livePages.events { gateway.status() }
      }
    // Callers have it, not operators.
    case .models: return .reply(ServerResponse(status: 404, headers: [], body: Data()))
    }
  }

  /// What a browser is told that may not see the page: the secret is asked for where there is one.
  private var noBrowser: ServerResponse {
    let hasSecret = settings.configuration.admin.secret != nil
    let text =
      hasSecret
      ? "This page is for operators: the password is the admin secret, with any user name.\n"
      : "This page is for operators. Without an admin secret it is shown to browsers on this machine only.\n"
    var headers: [(name: String, value: String)] = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    if hasSecret { headers.append(("WWW-Authenticate", "Basic realm=\"bedquota\", charset=\"UTF-8\"")) }
    return ServerResponse(status: hasSecret ? 401 : 403, headers: headers, body: Data(text.utf8))
  }

  private func health(_ page: GatewayHealth.Page, _ head: ServerRequest) -> HTTPOpening {
    let health = gateway.health.withLock { $0 }
    return .reply(health.reply(to: page, accept: head.header("accept"), isForOperator: isOperator(head)))
  }

  private func isOperator(_ head: ServerRequest) -> Bool {
    OperatorAccess(secret: settings.configuration.admin.secret).admits(head, peer: head.peer)
  }
}
