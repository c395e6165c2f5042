package import AWSWire

/// Errors as the Messages API spells them.
///
/// Source: docs.anthropic.com/en/api/errors
extension AWSFault {
  /// A service without capacity is 529 here.
  var anthropicStatus: Int {
    let status = status ?? (isModelled ? 400 : 403)
    return status == 503 ? 529 : status
  }

  /// The reply, and the last event of a stream.
  /// - Parameter requestID: nil in a stream.
  package func anthropicError(requestID: String?) -> JSONValue {
    let error: JSONValue = ["type": .string(anthropicType), "message": .string(message)]
    return .object(
      [.init("type", "error"), .init("error", error)] + (requestID.map { [.init("request_id", .string($0))] } ?? []))
  }

  private var anthropicType: String {
    switch anthropicStatus {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 408: "timeout_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 529: "overloaded_error"
    case 424, 500...: "api_error"
    default: "invalid_request_error"
    }
  }
}
