/// The replies of emulated models.
package struct ReplySettings: Sendable {
  /// Seconds to the first token.
  package var latency: Double
  /// The speed of output; 0 sends all of it without pauses.
  package var tokensPerSecond: Double
  package var outputTokens: OutputLength
  /// Whether throttling has a `Retry-After` header, which Bedrock is not known to send.
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

  /// Output tokens in one event of a stream.
  static let tokensPerEvent = 5
  /// The factor by which the fault `slow` slows a reply down.
  static let slowness = 10.0
  /// The pause of the fault `stall`, in seconds.
  static let stallSeconds = 600.0
}
