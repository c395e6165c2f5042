/// The tokens of one request, as each kind of limit counts them. A limit on requests counts every request as one.
public struct Amounts: Sendable, Equatable {
  /// Counted by limits on input and output together: ``Measure/tokensPerMinute`` and ``Measure/tokensPerDay``.
  public var tokens: Int64
  /// Counted by ``Measure/inputTokensPerMinute``.
  ///
  /// Amazon Bedrock's runtime endpoint limits input and output together, so Bedquota's client leaves this and ``outputTokens`` at 0
  /// for it. They are for services that limit the two separately, as Bedrock's mantle endpoint does; for those, the caller sets both.
  public var inputTokens: Int64
  /// Counted by ``Measure/outputTokensPerMinute``. See ``inputTokens``.
  public var outputTokens: Int64

  /// No tokens.
  public static let zero = Amounts()
  /// The largest valid amount of tokens, more than any request has: 10⁹, so that sums in micro-tokens stay within 64 bits.
  public static let tokensMax: Int64 = 1_000_000_000
  /// The largest valid amounts.
  @inline(__always)
  static var largest: Amounts { Amounts(tokens: tokensMax, inputTokens: tokensMax, outputTokens: tokensMax) }

  /// - Parameters:
  ///   - tokens: input and output together, 0 to ``tokensMax``.
  ///   - inputTokens: input alone, 0 to ``tokensMax``.
  ///   - outputTokens: output alone, 0 to ``tokensMax``.
  public init(tokens: Int64 = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0) {
    self.tokens = tokens
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
  }

  /// The nearest valid amounts, because a reply may report invalid ones.
  var clamped: Amounts {
    func clamp(_ tokens: Int64) -> Int64 { min(max(tokens, 0), Self.tokensMax) }
    return Amounts(tokens: clamp(tokens), inputTokens: clamp(inputTokens), outputTokens: clamp(outputTokens))
  }

  /// Whether no amount is negative or above the same amount of `bound`.
  @inline(__always)
  func isWithin(_ bound: Amounts) -> Bool {
    (tokens | inputTokens | outputTokens) >= 0 && tokens <= bound.tokens && inputTokens <= bound.inputTokens
      && outputTokens <= bound.outputTokens
  }

  @inline(__always)
  var isValid: Bool { isWithin(.largest) }

  /// The larger of each amount and the same amount of `other`.
  func raised(to other: Amounts) -> Amounts {
    Amounts(
      tokens: max(tokens, other.tokens), inputTokens: max(inputTokens, other.inputTokens),
      outputTokens: max(outputTokens, other.outputTokens))
  }

  /// The units that a limit of this measure counts for a request of these amounts.
  @inline(__always)
  package func of(_ measure: Measure) -> Int64 {
    switch measure {
    case .requestsPerMinute, .concurrency: 1
    case .tokensPerMinute, .tokensPerDay: tokens
    case .inputTokensPerMinute: inputTokens
    case .outputTokensPerMinute: outputTokens
    }
  }
}
