package import BedrockQuotas

/// The complete reply of an emulated model. A stream sends it in pieces.
package struct Completion: Sendable {
  package var model: ModelID
  /// Unique to the request, and the same for the same seed: 24 lower-case letters and digits.
  package var id: String
  package var input: InvocationInput
  /// Made-up text of four bytes per token (see ``TokenEstimate``), or what the request or a test asks for; empty if only a tool
  /// is called.
  package var text: String
  /// What the model thought before; nil if it was not asked to.
  package var reasoning: ReplyBlock.Reasoning?
  package var tokens: TokenCounts
  package var stop: StopReason
  /// The seed of other made-up parts, such as vectors.
  package var seed: UInt64
  /// The emulator's time, in seconds since 1970.
  package var createdAt: Int
  /// The time from the request to the end of the reply, in milliseconds.
  package var latencyMilliseconds: Int
  /// The time from the request to the first token, in milliseconds.
  package var firstTokenMilliseconds: Int

  package init(
    model: ModelID, id: String, input: InvocationInput, text: String, tokens: TokenCounts, stop: StopReason, seed: UInt64,
    createdAt: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int
  ) {
    self.model = model
    self.id = id
    self.input = input
    self.text = text
    self.tokens = tokens
    self.stop = stop
    self.seed = seed
    self.createdAt = createdAt
    self.latencyMilliseconds = latencyMilliseconds
    self.firstTokenMilliseconds = firstTokenMilliseconds
  }
}
