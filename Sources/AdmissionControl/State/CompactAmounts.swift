/// ``Amounts`` in half the space, for what is kept of every request that waits or is under way.
struct CompactAmounts: Sendable {
  private var tokens: Int32
  private var inputTokens: Int32
  private var outputTokens: Int32

  /// - Parameter amounts: valid ones.
  @inline(__always)
  init(_ amounts: Amounts) {
    tokens = Int32(truncatingIfNeeded: amounts.tokens)
    inputTokens = Int32(truncatingIfNeeded: amounts.inputTokens)
    outputTokens = Int32(truncatingIfNeeded: amounts.outputTokens)
  }

  @inline(__always)
  var whole: Amounts {
    Amounts(tokens: Int64(tokens), inputTokens: Int64(inputTokens), outputTokens: Int64(outputTokens))
  }
}
