public import AWSWire
import BedrockQuotas
public import Foundation
package import HTTPTypes

/// A reply of a model, and what it used.
public struct ModelReply: Sendable {
  /// As the service sent it.
  public var body: Data
  /// The tokens that it used; nil where the reply doesn't say.
  public var usage: TokenUsage?

  /// The text of the reply, where it is of a form that is known.
  public var text: String? { (try? JSONValue(body)).flatMap(ReplyText.whole) }
}

extension TokenUsage {
  /// Converse's `usage`.
  package init?(converse usage: JSONValue?) {
    guard let input = usage?["inputTokens"]?.integer, let output = usage?["outputTokens"]?.integer else { return nil }
    self.init(
      input: input, output: output, cacheRead: usage?["cacheReadInputTokens"]?.integer ?? 0,
      cacheWrite: usage?["cacheWriteInputTokens"]?.integer ?? 0)
  }

  /// What InvokeModel tells in its headers, whatever the family of the model.
  package init?(headers: HTTPFields) {
    func count(_ name: String) -> Int? {
      HTTPField.Name("X-Amzn-Bedrock-\(name)-Token-Count").flatMap { headers[$0] }.flatMap { Int($0) }
    }
    guard let input = count("Input"), let output = count("Output") else { return nil }
    self.init(
      input: input, output: output, cacheRead: count("Cache-Read-Input") ?? 0, cacheWrite: count("Cache-Write-Input") ?? 0)
  }

  /// What the last chunk of InvokeModelWithResponseStream holds.
  package init?(metrics: JSONValue?) {
    guard let input = metrics?["inputTokenCount"]?.integer, let output = metrics?["outputTokenCount"]?.integer else { return nil }
    self.init(
      input: input, output: output, cacheRead: metrics?["cacheReadInputTokenCount"]?.integer ?? 0,
      cacheWrite: metrics?["cacheWriteInputTokenCount"]?.integer ?? 0)
  }

  /// The final cost in quota tokens.
  func quotaTokens(burndown: Int) -> Int64 {
    RequestCost.final(
      input: Int64(clamping: input), cacheWrite: Int64(clamping: cacheWrite), output: Int64(clamping: output),
      burndown: Int64(burndown))
  }
}
