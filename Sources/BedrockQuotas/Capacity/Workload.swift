/// What one request of a client looks like on average, and how the client sends them.
///
/// Sizes are tokens as CloudWatch counts them: `inputTokens` are those neither read from the prompt cache nor written to it.
/// What is nil is not known; nothing is put in its place.
public struct Workload: Sendable, Equatable {
  public let inputTokens: Int?
  public let outputTokens: Int?
  public let cacheReadTokens: Int
  public let cacheWriteTokens: Int
  /// What the request says; nil where it says nothing, and Bedrock then reserves the model's maximum output.
  public let maxTokens: Int?
  /// Requests that the client has under way at most; nil: as many as it likes.
  public let concurrency: Int?
  /// Seconds from the start of a request to the end of its reply.
  public let latency: Double?

  /// More than any model takes; sums and products of such numbers stay far below the end of an `Int`.
  public static let tokensMax = 1_000_000_000
  public static let concurrencyMax = 1_000_000
  /// Seconds: a day.
  public static let latencyMax = 86_400.0

  /// A value that no workload can have.
  public struct Problem: Error, Equatable, CustomStringConvertible {
    /// The option of the command line, without its dashes.
    public var option: String
    /// What the option takes.
    public var takes: String

    public var description: String { "--\(option) takes \(takes)." }
  }

  /// - Throws: ``Problem`` for a value out of its range.
  public init(
    inputTokens: Int? = nil, outputTokens: Int? = nil, cacheReadTokens: Int = 0, cacheWriteTokens: Int = 0,
    maxTokens: Int? = nil, concurrency: Int? = nil, latency: Double? = nil
  ) throws(Problem) {
    let sizes = [
      ("input-tokens", inputTokens), ("output-tokens", outputTokens), ("cache-read-tokens", cacheReadTokens),
      ("cache-write-tokens", cacheWriteTokens),
    ]
    for case (let option, let value?) in sizes where !(0...Self.tokensMax).contains(value) {
      throw Problem(option: option, takes: "a whole number from 0 to \(Self.tokensMax)")
    }
    if let maxTokens, !(1...Self.tokensMax).contains(maxTokens) {
      throw Problem(option: "max-tokens", takes: "a whole number from 1 to \(Self.tokensMax)")
    }
    if let concurrency, !(1...Self.concurrencyMax).contains(concurrency) {
      throw Problem(option: "concurrency", takes: "a whole number from 1 to \(Self.concurrencyMax)")
    }
    // NaN is in no range.
    if let latency, !(0...Self.latencyMax).contains(latency) {
      throw Problem(option: "latency", takes: "seconds, from 0 to \(Int(Self.latencyMax))")
    }
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.maxTokens = maxTokens
    self.concurrency = concurrency
    self.latency = latency
  }

  /// All tokens that the model reads, wherever they come from; nil where the input is not known.
  public var promptTokens: Int? { inputTokens.map { $0 + cacheReadTokens + cacheWriteTokens } }
}
