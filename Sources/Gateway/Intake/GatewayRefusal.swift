import AWSServer

/// Why the gateway itself turns a request away.
package struct GatewayRefusal: Error {
  var fault: AWSFault
  var headers: [(name: String, value: String)] = []
  /// nil if the request is at fault.
  var reason: RefusalReason?

  init(_ fault: AWSFault, _ reason: RefusalReason?, headers: [(name: String, value: String)] = []) {
    (self.fault, self.reason, self.headers) = (fault, reason, headers)
    if reason == .budget { self.headers.append(BudgetRefusal.header) }
  }

  init(_ reply: RefusalReply, _ reason: RefusalReason) { self.init(reply.fault, reason, headers: reply.headers) }

  static func invalid(_ message: String) -> GatewayRefusal {
    GatewayRefusal(AWSFault(code: "ValidationException", message: message, status: 400), nil)
  }
}
