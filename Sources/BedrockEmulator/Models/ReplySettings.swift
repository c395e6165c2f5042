/// How the emulated models answer.
package struct ReplySettings: Sendable {
  /// Seconds to the first token.
  package var latency: Double
  /// 0: all at once.
  package var tokensPerSecond: Double
  package var outputTokens: OutputLength
  /// Adds `Retry-After` to a ThrottlingException, which Bedrock is not known to send.
  package var sendsRetryAfter: Bool
  package var seed: UInt64

  package init(
    latency: Double = 0.2, tokensPerSecond: Double = 200, outputTokens: OutputLength = .typical, sendsRetryAfter: Bool = false,
    seed: UInt64 = 1
  ) {
    self.latency = latency
    self.tokensPerSecond = tokensPerSecond
    self.outputTokens = outputTokens
    self.sendsRetryAfter = sendsRetryAfter
    self.seed = seed
  }

  /// How many tokens come in one event of a stream.
  static let tokensPerEvent = 5
  /// How many times slower a reply is that the fault `slow` hits.
  static let slowness = 10.0
  /// How long the fault `stall` says nothing, in seconds.
  static let stallSeconds = 600.0
}
