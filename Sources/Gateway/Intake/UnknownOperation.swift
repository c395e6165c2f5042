/// What a caller is told whose path is none of the gateway's, with the slip that is likely.
enum UnknownOperation {
  static func message(method: String, path: Substring) -> String {
    let hint = hint(path).map { " \($0)" } ?? ""
    return "The gateway has no operation \(method.prefix(20)) \(path.prefix(200)).\(hint)"
  }

  private static func hint(_ path: Substring) -> String? {
    switch path {
    case "/chat/completions", "/responses", "/models", "/embeddings": "The base URL of OpenAI's clients ends in /v1."
    // AWS's JSON and query protocols.
    case "/": "Of AWS's services, Bedrock alone is here: set the endpoint of Bedrock's runtime, not that of all services."
    case _ where path.hasPrefix("/v1/v1/"): "The base URL of this client has no /v1 at its end."
    default: nil
    }
  }
}
