/// Valid ``Amounts`` in half the space. The limiter stores three of them for each request that waits or is in flight.
struct CompactAmounts: Sendable {
  private var tokens: Int32
  private var inputTokens: Int32
  private var outputTokens: Int32

  /// - Parameter amounts: valid ones; ``Amounts/tokensMax`` fits in 32 bits.
  @inline(__always)
  init(_ amounts: Amounts) {
    tokens = Int32(truncatingIfNeeded: amounts.tokens)
    inputTokens = Int32(truncatingIfNeeded: amounts.inputTokens)
    outputTokens = Int32(truncatingIfNeeded: amounts.outputTokens)
  }

  @inline(__always)
  var amounts: Amounts {
    Amounts(tokens: Int64(tokens), inputTokens: Int64(inputTokens), outputTokens: Int64(outputTokens))
  }
}
