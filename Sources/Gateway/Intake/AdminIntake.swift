import AWSServer
import AWSWire
import Foundation

/// Decides what becomes of a request to the address of the pages for operators: there is nothing else there.
struct AdminIntake: Sendable {
  let gateway: GatewayCore

  func open(_ head: ServerRequest) -> HTTPOpening {
    switch try? GatewayRoute(method: head.method, target: head.target) {
    case .page(let page) where page.isForOperators:
      return GatewayPages(gateway: gateway, settings: gateway.settings).open(page, head)
    default:
      let fault = AWSFault(
        code: "UnknownOperationException",
        message: "Only the pages for operators are here; requests go to the gateway's own address.",
        status: 404)
      return .reply(ServedService.bedrock.render(fault, requestID: ""))
    }
  }
}

extension GatewayRoute.Page {
  fileprivate var isForOperators: Bool {
    switch self {
    case .live, .ready, .health, .metrics, .status, .home, .events: true
    case .models, .hello: false
    }
  }
}
