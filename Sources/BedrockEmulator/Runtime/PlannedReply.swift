/// A reply and its timing, which follow from the seed before anything is sent.
struct PlannedReply: Sendable {
  var completion: Completion
  var fault: FaultPlan.Fault?
  /// The error after the whole text, if a test scripted one: the end of a stream, and instead of any other reply.
  var ending: StreamException?
  var start: EmulatorClock.Moment
  /// Nanoseconds from the start to the first token.
  var firstToken: Int64
  /// Nanoseconds per token after it.
  var perToken: Double

  /// Nanoseconds from the start to the token of this index.
  func delay(ofToken index: Int) -> Int64 { firstToken + Int64(Double(index) * perToken) }
  /// Nanoseconds from the start to the end.
  var duration: Int64 { delay(ofToken: completion.tokens.output) }
}
