import AWSWire
import BedrockQuotas
import HTTPTypes

/// Reads the usage that replies report.
extension TokenUsage {
  /// `usage` of Converse, and of ConverseStream's last event.
  init?(converse usage: JSONValue?) {
    self.init(usage, ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"])
  }

  /// The headers of InvokeModel, whatever the family of the model.
  init?(headers: HTTPFields) {
    func count(_ name: String) -> Int? {
      HTTPField.Name("X-Amzn-Bedrock-\(name)-Token-Count").flatMap { headers[$0] }.flatMap { Self.count(Double($0)) }
    }
    guard let input = count("Input"), let output = count("Output") else { return nil }
    self.init(
      input: input, output: output, cacheRead: count("Cache-Read-Input") ?? 0, cacheWrite: count("Cache-Write-Input") ?? 0)
  }

  /// `amazon-bedrock-invocationMetrics`, in the last chunk of InvokeModelWithResponseStream.
  init?(metrics: JSONValue?) {
    self.init(metrics, ["inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"])
  }

  /// - Parameter names: of input, output, cache reads and cache writes; the last two may be absent.
  private init?(_ json: JSONValue?, _ names: [String]) {
    let counts = names.map { Self.count(json?[$0]?.double) }
    guard let input = counts[0], let output = counts[1] else { return nil }
    self.init(input: input, output: output, cacheRead: counts[2] ?? 0, cacheWrite: counts[3] ?? 0)
  }

  /// A whole number of any size; nil for a fraction, which is no count.
  private static func count(_ value: Double?) -> Int? {
    guard let value, value.isFinite, value == value.rounded() else { return nil }
    return Int(saturating: value)
  }
}
