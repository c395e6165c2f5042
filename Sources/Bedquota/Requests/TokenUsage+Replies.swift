import AWSWire
import HTTPTypes

/// Reads the usage that replies report.
extension TokenUsage {
  /// `usage` of Converse, and of ConverseStream's last event.
  init?(converse usage: JSONValue?) {
    guard let input = usage?["inputTokens"]?.integer, let output = usage?["outputTokens"]?.integer else { return nil }
    self.init(
      input: input, output: output, cacheRead: usage?["cacheReadInputTokens"]?.integer ?? 0,
      cacheWrite: usage?["cacheWriteInputTokens"]?.integer ?? 0)
  }

  /// The headers of InvokeModel, whatever the family of the model.
  init?(headers: HTTPFields) {
    func count(_ name: String) -> Int? {
      HTTPField.Name("X-Amzn-Bedrock-\(name)-Token-Count").flatMap { headers[$0] }.flatMap { Int($0) }
    }
    guard let input = count("Input"), let output = count("Output") else { return nil }
    self.init(
      input: input, output: output, cacheRead: count("Cache-Read-Input") ?? 0, cacheWrite: count("Cache-Write-Input") ?? 0)
  }

  /// `amazon-bedrock-invocationMetrics`, in the last chunk of InvokeModelWithResponseStream.
  init?(metrics: JSONValue?) {
    guard let input = metrics?["inputTokenCount"]?.integer, let output = metrics?["outputTokenCount"]?.integer else { return nil }
    self.init(
      input: input, output: output, cacheRead: metrics?["cacheReadInputTokenCount"]?.integer ?? 0,
      cacheWrite: metrics?["cacheWriteInputTokenCount"]?.integer ?? 0)
  }
}
