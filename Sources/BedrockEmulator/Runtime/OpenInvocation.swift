import Synchronization

/// An admitted invocation until it is over: holds the reservation, and gives back what is not used exactly once, however it ends.
final class OpenInvocation: Sendable {
  private struct State {
    /// nil: over.
    var lease: QuotaLedger.Lease?
    /// Output tokens that have gone out.
    var output = 0
  }

  let target: InvocationTarget
  /// Input tokens, with nothing out yet.
  let input: TokenCounts
  /// What is to go wrong; nil: nothing.
  let fault: FaultPlan.Fault?
  /// For the rest of what the seed decides.
  let random: SplitMix64
  private let maxTokens: Int
  private let enforcer: QuotaEnforcer
  private let record: @Sendable (InvocationRecord) -> Void
  private let state: Mutex<State>

  init(
    _ lease: QuotaLedger.Lease, target: InvocationTarget, input: TokenCounts, maxTokens: Int, fault: FaultPlan.Fault?,
    random: SplitMix64, enforcer: QuotaEnforcer,
    record: @escaping @Sendable (InvocationRecord) -> Void
  ) {
    self.target = target
    self.input = input
    self.maxTokens = maxTokens
    self.enforcer = enforcer
    self.record = record
    self.fault = fault
    self.random = random
    state = Mutex(State(lease: lease))
  }

  // A reply that was never written, because the server stopped or the client had left before it began.
  deinit { abandon() }

  /// input + cache write + burndown × output: what an invocation counts against the quota when it is over.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html.
  private func cost(output: Int) -> Int { input.input + input.cacheWrite + target.outputBurndown * output }

  /// More output has gone out: the reservation follows where what was used is more than what was reserved for it.
  func progress(output: Int) {
    state.withLock { state in
      guard var lease = state.lease else { return }
      state.output = output
      enforcer.adjust(&lease, tokens: input.allInput + max(maxTokens, target.outputBurndown * output))
      state.lease = lease
    }
  }

  /// The whole reply has gone out.
  func finish(output: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int?) {
    guard let lease = close(output: output) else { return }
    let cost = cost(output: output)
    enforcer.settle(lease, tokens: cost)
    var tokens = input
    tokens.output = output
    record(
      InvocationRecord(
        modelID: target.dimension, outcome: .success, tokens: tokens, quotaTokens: cost, latencyMilliseconds: latencyMilliseconds,
        firstTokenMilliseconds: firstTokenMilliseconds))
  }

  /// It failed before the model was reached: all tokens go back, the request counts.
  func fail(_ outcome: InvocationRecord.Outcome) {
    guard let lease = close(output: nil) else { return }
    enforcer.settle(lease, tokens: 0)
    record(InvocationRecord(modelID: target.dimension, outcome: outcome))
  }

  /// It broke off: what had gone out is paid for, the rest goes back.
  func breakOff(_ outcome: InvocationRecord.Outcome, output: Int? = nil) {
    var seen = 0
    guard let lease = close(output: output, seen: &seen) else { return }
    enforcer.settle(lease, tokens: cost(output: seen))
    var tokens = input
    tokens.output = seen
    record(InvocationRecord(modelID: target.dimension, outcome: outcome, tokens: tokens))
  }

  /// The client went away.
  func abandon() { breakOff(.clientError) }

  var isOver: Bool { state.withLock { $0.lease == nil } }

  private func close(output: Int?) -> QuotaLedger.Lease? {
    var seen = 0
    return close(output: output, seen: &seen)
  }

  private func close(output: Int?, seen: inout Int) -> QuotaLedger.Lease? {
    let (lease, last) = state.withLock { state -> (QuotaLedger.Lease?, Int) in
      defer { state.lease = nil }
      return (state.lease, output ?? state.output)
    }
    seen = last
    return lease
  }
}
