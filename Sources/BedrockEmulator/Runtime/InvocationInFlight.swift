/// An admitted invocation, as the writing of its reply sees it. It settles exactly once, however it ends.
protocol InvocationInFlight: AnyObject, Sendable {
  var target: InvocationTarget { get }
  /// The input tokens, with 0 output tokens.
  var input: TokenCounts { get }
  /// nil if the request names no service tier, or the endpoint has none.
  var tier: ServiceTierUse? { get }
  /// The fault to inject; nil for none.
  var fault: FaultPlan.Fault? { get }
  /// The generator for later random choices.
  var random: SplitMix64 { get }
  /// Whether it has ended.
  var isOver: Bool { get }

  /// Whether output has a quota of its own, which is counted while the reply is generated.
  var countsOutput: Bool { get }
  /// Takes output tokens from their own quota.
  /// - Returns: as many of them as it has; without such a quota, all.
  func generate(_ tokens: Int) -> Int

  /// Records the output sent so far.
  func progress(output: Int)
  /// Ends the invocation after the whole reply was sent.
  func finish(output: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int?)
  /// Ends an invocation that failed before the model ran.
  func fail(_ outcome: InvocationRecord.Outcome)
  /// Ends an invocation that broke off.
  /// - Parameter output: the output tokens that count; nil for what was sent so far.
  func breakOff(_ outcome: InvocationRecord.Outcome, output: Int?)
}

extension InvocationInFlight {
  var tier: ServiceTierUse? { nil }

  func breakOff(_ outcome: InvocationRecord.Outcome) { breakOff(outcome, output: nil) }

  /// Ends an invocation whose client disconnected.
  func abandon() { breakOff(.clientError) }
}
