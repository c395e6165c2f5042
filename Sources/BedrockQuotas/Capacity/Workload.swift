/// The average request of a client, and how the client sends its requests.
///
/// Sizes are tokens as CloudWatch counts them. nil means unknown: no default takes its place.
public struct Workload: Sendable, Equatable {
  /// Input tokens that are neither read from the prompt cache nor written to it.
  public let inputTokens: Int?
  public let outputTokens: Int?
  public let cacheReadTokens: Int
  public let cacheWriteTokens: Int
  /// `max_tokens` of the request; nil if it sets none, and Bedrock then reserves the model's maximum output.
  public let maxTokens: Int?
  /// The client's own maximum of requests in flight; nil: no maximum.
  public let concurrency: Int?
  /// Seconds from the start of a request to the end of its reply.
  public let latency: Double?

  /// The largest size, in tokens: above any model's, and small enough that sums and products fit an `Int`.
  public static let tokensMax = 1_000_000_000
  /// The largest ``concurrency``.
  public static let concurrencyMax = 1_000_000
  /// The longest ``latency``, in seconds: a day.
  public static let latencyMax = 86_400.0

  /// A value out of its range.
  public struct Problem: Error, Equatable, CustomStringConvertible {
    /// The parameter of ``Workload``'s initialiser that has the value.
    public let parameter: String
    /// The values that the parameter takes: "a whole number from 0 to 1000000000".
    public let range: String

    public var description: String { description() }

    /// The problem as a sentence.
    public func description(spelling: ParameterSpelling = .swift) -> String { "\(spelling(parameter)) takes \(range)." }
  }

  /// - Throws: ``Problem`` for a value out of its range.
  public init(
    inputTokens: Int? = nil, outputTokens: Int? = nil, cacheReadTokens: Int = 0, cacheWriteTokens: Int = 0,
    maxTokens: Int? = nil, concurrency: Int? = nil, latency: Double? = nil
  ) throws(Problem) {
    let sizes = [
      ("inputTokens", inputTokens), ("outputTokens", outputTokens), ("cacheReadTokens", cacheReadTokens),
      ("cacheWriteTokens", cacheWriteTokens),
    ]
    for case (let parameter, let value?) in sizes where !(0...Self.tokensMax).contains(value) {
      throw Problem(parameter: parameter, range: "a whole number from 0 to \(Self.tokensMax)")
    }
    if let maxTokens, !(1...Self.tokensMax).contains(maxTokens) {
      throw Problem(parameter: "maxTokens", range: "a whole number from 1 to \(Self.tokensMax)")
    }
    if let concurrency, !(1...Self.concurrencyMax).contains(concurrency) {
      throw Problem(parameter: "concurrency", range: "a whole number from 1 to \(Self.concurrencyMax)")
    }
    // NaN is in no range.
    if let latency, !(0...Self.latencyMax).contains(latency) {
      throw Problem(parameter: "latency", range: "seconds, from 0 to \(Int(Self.latencyMax))")
    }
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadTokens = cacheReadTokens
    self.cacheWriteTokens = cacheWriteTokens
    self.maxTokens = maxTokens
    self.concurrency = concurrency
    self.latency = latency
  }

  /// Input tokens, cache reads and cache writes together; nil if the input is unknown.
  public var promptTokens: Int? { inputTokens.map { $0 + cacheReadTokens + cacheWriteTokens } }
}
