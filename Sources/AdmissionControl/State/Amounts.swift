/// Tokens of one request, as each kind of meter counts them. Requests count one, always.
public struct Amounts: Sendable, Equatable {
  /// Where input and output have one quota together.
  public var tokens: Int64
  /// Where they have one each.
  public var inputTokens: Int64
  public var outputTokens: Int64

  public static let zero = Amounts()
  /// More than any request has.
  public static let max: Int64 = 1_000_000_000
  @inline(__always)
  static var largest: Amounts { Amounts(tokens: max, inputTokens: max, outputTokens: max) }

  public init(tokens: Int64 = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0) {
    self.tokens = tokens
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
  }

  /// The same within 0 and ``max``: what a reply says of itself must not be able to do harm.
  var clamped: Amounts {
    Amounts(
      tokens: Swift.min(Swift.max(tokens, 0), Self.max), inputTokens: Swift.min(Swift.max(inputTokens, 0), Self.max),
      outputTokens: Swift.min(Swift.max(outputTokens, 0), Self.max))
  }

  /// Neither negative nor more than so much.
  @inline(__always)
  func isWithin(_ most: Amounts) -> Bool {
    (tokens | inputTokens | outputTokens) >= 0 && tokens <= most.tokens && inputTokens <= most.inputTokens
      && outputTokens <= most.outputTokens
  }

  @inline(__always)
  var isValid: Bool { isWithin(.largest) }
}

extension Amounts {
  /// What a measure counts of a request of these amounts.
  @inline(__always)
  func of(_ measure: Measure) -> Int64 {
    switch measure {
    case .requestsPerMinute, .concurrency: 1
    case .tokensPerMinute, .tokensPerDay: tokens
    case .inputTokensPerMinute: inputTokens
    case .outputTokensPerMinute: outputTokens
    }
  }
}
