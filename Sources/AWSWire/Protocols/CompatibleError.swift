/// An error as the APIs of OpenAI and Anthropic spell it: `{"error": {"message", "type", "code"}}`, in Responses' streams
/// `{"type": "error", "message", "code"}` or a response that has failed.
///
/// Sources: developers.openai.com/api/docs/guides/error-codes, docs.anthropic.com/en/api/errors
package struct CompatibleError: Sendable, Equatable {
  /// The code, else the type. If the message shows that AWS refused the caller's credentials, AWS's own code for that.
  package var code: String
  package var message: String

  /// - Returns: nil for JSON of another form.
  package init?(_ json: JSONValue) {
    let error: JSONValue
    if let inner = json["error"], inner.members != nil {
      error = inner
    } else if json["status"]?.string == "failed" || json["type"]?.string == "response.failed" {
      error = json["response"]?["error"].flatMap { $0.members == nil ? nil : $0 } ?? json
    } else if json["type"]?.string == "error" {
      error = json
    } else {
      return nil
    }
    message = error["message"]?.string ?? ""
    let type = error["type"]?.string
    let words = [error["code"]?.string, type == "error" ? nil : type].compactMap { $0 }
    code = Self.callerCode(message) ?? words.first { !$0.isEmpty } ?? "Unknown"
  }

  /// AWS's code for refused credentials, by the words of the message. The renewal of credentials and the advice on a wrong clock
  /// depend on these codes.
  private static func callerCode(_ message: String) -> String? {
    refusals.first { message.contains($0.words) }?.code
  }

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html and AWS's common errors.
  private static let refusals = [
    (words: "security token included in the request is expired", code: "ExpiredTokenException"),
    (words: "security token included in the request is invalid", code: "UnrecognizedClientException"),
    (words: "request signature we calculated does not match", code: "InvalidSignatureException"),
    (words: "Signature expired", code: "InvalidSignatureException"),
    (words: "Signature not yet current", code: "InvalidSignatureException"),
  ]
}
