/// Numbers of tokens as Bedrock reports them.
///
/// It is kept apart from `AWSWire.TokenUsage`, with which clients read replies: as with the metering, one of them can reveal the
/// other's mistakes.
package struct TokenCounts: Sendable, Equatable {
  /// Input tokens that were neither read from the cache nor written to it.
  package var input: Int
  package var cacheRead = 0
  package var cacheWrite = 0
  package var output: Int

  /// All input tokens: `input + cacheRead + cacheWrite`.
  var allInput: Int { input + cacheRead + cacheWrite }

  package init(input: Int, cacheRead: Int = 0, cacheWrite: Int = 0, output: Int) {
    self.input = input
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.output = output
  }
}
