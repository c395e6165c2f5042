import Synchronization

/// An admitted inference of bedrock-mantle. It owns the reservation and settles it exactly once, however it ends.
final class MantleInvocation: InvocationInFlight {
  private struct State {
    /// nil once it is over.
    var lease: MantleLedger.Lease?
    /// Output tokens sent so far.
    var sent = 0
    /// Output tokens that the quota of output has counted.
    var generated = 0
  }

  let target: InvocationTarget
  let input: TokenCounts
  let fault: FaultPlan.Fault?
  let random: SplitMix64
  let countsOutput: Bool
  private let enforcer: MantleEnforcer
  private let record: @Sendable (MantleRecord.Outcome, TokenCounts) -> Void
  private let state: Mutex<State>

  init(
    _ lease: MantleLedger.Lease, target: InvocationTarget, input: TokenCounts, fault: FaultPlan.Fault?, random: SplitMix64,
    enforcer: MantleEnforcer, record: @escaping @Sendable (MantleRecord.Outcome, TokenCounts) -> Void
  ) {
    self.target = target
    self.input = input
    self.fault = fault
    self.random = random
    countsOutput = lease.output != nil
    self.enforcer = enforcer
    self.record = record
    state = Mutex(State(lease: lease))
  }

  // Settles the reservation of a reply that is never written, because the server stopped or the client left before it began.
  deinit { abandon() }

  var isOver: Bool { state.withLock { $0.lease == nil } }

  func generate(_ tokens: Int) -> Int {
    // Under the lock: otherwise an end in between would take the same tokens again.
    state.withLock { state in
      guard let lease = state.lease else { return tokens }
      let granted = enforcer.generate(tokens, lease)
      state.generated += granted
      return granted
    }
  }

  func progress(output: Int) { state.withLock { $0.sent = output } }

  func finish(output: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int?) { end(.success, output: output) }

  func fail(_ outcome: InvocationRecord.Outcome) {
    guard let lease = close()?.lease else { return }
    enforcer.settle(lease, tokens: 0)
    record(.init(outcome), TokenCounts(input: 0, output: 0))
  }

  func breakOff(_ outcome: InvocationRecord.Outcome, output: Int?) { end(outcome, output: output) }

  /// - Parameter output: nil for what was sent so far.
  private func end(_ outcome: InvocationRecord.Outcome, output: Int?) {
    guard let (last, lease) = close() else { return }
    let output = output ?? last.sent
    // A reply that breaks off before it is written has generated some of it.
    if output > last.generated { _ = enforcer.generate(output - last.generated, lease) }
    enforcer.settle(lease, tokens: input.input + input.cacheWrite + output)
    var tokens = input
    tokens.output = output
    record(.init(outcome), tokens)
  }

  private func close() -> (last: State, lease: MantleLedger.Lease)? {
    state.withLock { state in
      guard let lease = state.lease else { return nil }
      defer { state.lease = nil }
      return (state, lease)
    }
  }
}
