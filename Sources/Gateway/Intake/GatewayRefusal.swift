import AWSServer

/// Why the gateway itself turns a request away.
package struct GatewayRefusal: Error {
  let fault: AWSFault
  /// nil if the request is at fault.
  let reason: RefusalReason?

  init(_ fault: AWSFault, _ reason: RefusalReason?) { (self.fault, self.reason) = (fault, reason) }

  /// The headers beside those of the fault.
  var headers: [(name: String, value: String)] { reason == .budget ? [ShouldRetry.never] : [] }

  static func invalid(_ message: String) -> GatewayRefusal {
    GatewayRefusal(AWSFault(code: "ValidationException", message: message, status: 400), nil)
  }
}
