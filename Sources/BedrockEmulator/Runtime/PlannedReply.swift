import AWSWire

/// What the model says, and when: drawn from the seed before the first word goes out.
struct PlannedReply: Sendable {
  var completion: Completion
  var fault: FaultPlan.Fault?
  /// Nanoseconds from the start to the first token.
  var firstToken: Int64
  /// Nanoseconds for each token after it.
  var perToken: Double

  func instant(ofToken index: Int) -> Int64 { firstToken + Int64(Double(index) * perToken) }
  var duration: Int64 { instant(ofToken: completion.tokens.output) }
}
