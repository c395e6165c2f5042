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

  /// The counts that a native body reports itself, in the forms of Anthropic, Nova, OpenAI, Meta and Titan.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html and its pages for each family.
  init?(body: JSONValue?) {
    let usage = body?["usage"]
    if let found = TokenUsage(converse: usage) ?? TokenUsage(anthropic: usage, start: nil) ?? TokenUsage(chatCompletions: usage) {
      self = found
    } else if let found = TokenUsage(body, ["prompt_token_count", "generation_token_count"]) {
      self = found
    } else {
      let counts = (body?["results"]?.array ?? []).map { Self.count($0["tokenCount"]?.double) }
      guard let input = Self.count(body?["inputTextTokenCount"]?.double), !counts.contains(nil) else { return nil }
      self.init(input: input, output: Int(saturating: counts.reduce(0) { $0 + Double($1 ?? 0) }))
    }
  }

  /// `usage` of an Anthropic message.
  /// - Parameter start: the counts at its beginning, which hold unless `usage` has them too.
  init?(anthropic usage: JSONValue?, start: JSONValue?) {
    func count(_ name: String) -> Int? { Self.count((usage?[name] ?? start?[name])?.double) }
    guard let input = count("input_tokens"), let output = Self.count(usage?["output_tokens"]?.double) else { return nil }
    self.init(
      input: input, output: output, cacheRead: count("cache_read_input_tokens") ?? 0,
      cacheWrite: count("cache_creation_input_tokens") ?? 0)
  }

  /// `usage` of Chat Completions.
  init?(chatCompletions usage: JSONValue?) {
    self.init(
      openAI: usage?["prompt_tokens"], output: usage?["completion_tokens"], details: usage?["prompt_tokens_details"])
  }

  /// `usage` of Responses.
  init?(responses usage: JSONValue?) {
    self.init(openAI: usage?["input_tokens"], output: usage?["output_tokens"], details: usage?["input_tokens_details"])
  }

  /// Counts of OpenAI, whose input includes what was read from the cache and written to it.
  ///
  /// Source for `cache_write_tokens`: the usage of GPT-5.6 that users of bedrock-runtime report.
  private init?(openAI input: JSONValue?, output: JSONValue?, details: JSONValue?) {
    guard let input = Self.count(input?.double), let output = Self.count(output?.double) else { return nil }
    func part(_ name: String, of whole: Int) -> Int { min(max(Self.count(details?[name]?.double) ?? 0, 0), max(whole, 0)) }
    let read = part("cached_tokens", of: input)
    let written = part("cache_write_tokens", of: input - read)
    self.init(input: input - read - written, output: output, cacheRead: read, cacheWrite: written)
  }

  /// - Parameter names: of input, output, cache reads and cache writes; the last two may be absent.
  private init?(_ json: JSONValue?, _ names: [String]) {
    let counts = names.map { Self.count(json?[$0]?.double) }
    guard let input = counts[0], let output = counts[1] else { return nil }
    let cache = counts.dropFirst(2).map { $0 ?? 0 }
    self.init(input: input, output: output, cacheRead: cache.first ?? 0, cacheWrite: cache.last ?? 0)
  }

  /// A whole number of any size; nil for a fraction, which is no count.
  private static func count(_ value: Double?) -> Int? {
    guard let value, value.isFinite, value == value.rounded() else { return nil }
    return Int(saturating: value)
  }
}
