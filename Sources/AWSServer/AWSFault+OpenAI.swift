package import AWSWire

/// Errors as the OpenAI-compatible APIs spell them.
///
/// Seen on bedrock-runtime: `validation_error` and `model_not_found` with their types, and `access_denied`. How it spells the others
/// isn't known; they have the words of OpenAI's own API.
///
/// Source: developers.openai.com/api/docs/guides/error-codes
extension AWSFault {
  var openAIStatus: Int { status ?? (isModelled ? 400 : 403) }

  /// The member `error` of a reply, and the last event of a stream.
  package var openAIError: JSONValue {
    let (type, code) = openAIWords
    return ["message": .string(message), "type": .string(type), "param": nil, "code": .string(code)]
  }

  private var openAIWords: (type: String, code: String) {
    switch openAIStatus {
    case 401, 403: ("permission_error", "access_denied")
    case 404: ("not_found_error", code == "UnknownOperationException" ? "not_found" : "model_not_found")
    case 408: ("server_error", "model_timeout")
    case 424: ("server_error", "model_error")
    case 429: ("rate_limit_error", "rate_limit_exceeded")
    case 503: ("server_error", "service_unavailable")
    case 500...: ("server_error", "internal_server_error")
    default: ("invalid_request_error", "validation_error")
    }
  }
}
