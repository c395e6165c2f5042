import Synchronization

/// An admitted invocation of bedrock-runtime. It owns the reservation and settles it exactly once, however the invocation ends.
final class OpenInvocation: InvocationInFlight {
  private struct State {
    /// nil once the invocation is over.
    var lease: QuotaLedger.Lease?
    /// What it has taken of reserved capacity, in place of the quotas.
    var reserved: ReservedMeters.Lease?
    /// Output tokens sent so far.
    var output = 0
  }

  let target: InvocationTarget
  /// The input tokens, with 0 output tokens.
  let input: TokenCounts
  /// The fault to inject; nil for none.
  let fault: FaultPlan.Fault?
  /// The generator for later random choices.
  let random: SplitMix64
  /// nil if the request names no service tier.
  let tier: ServiceTierUse?
  /// The quota tokens that were reserved for the output.
  private let reservedOutput: Int
  private let capacity: ReservedMeters
  private let enforcer: QuotaEnforcer
  private let record: @Sendable (InvocationRecord) -> Void
  private let state: Mutex<State>

  init(
    _ lease: QuotaLedger.Lease, reserved: ReservedMeters.Lease?, of capacity: ReservedMeters, tier: ServiceTierUse?,
    target: InvocationTarget, input: TokenCounts, reservedOutput: Int, fault: FaultPlan.Fault?,
    random: SplitMix64, enforcer: QuotaEnforcer,
    record: @escaping @Sendable (InvocationRecord) -> Void
  ) {
    self.target = target
    self.input = input
    self.tier = tier
    self.capacity = capacity
    self.reservedOutput = reservedOutput
    self.enforcer = enforcer
    self.record = record
    self.fault = fault
    self.random = random
    state = Mutex(State(lease: lease, reserved: reserved))
  }

  // Settles the reservation of a reply that is never written, because the server stopped or the client left before it began.
  deinit { abandon() }

  /// Output and input share their quotas here, so output has none of its own.
  var countsOutput: Bool { false }
  func generate(_ tokens: Int) -> Int { tokens }

  /// The final cost in quota tokens: input + cache write + burndown × output.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html.
  private func cost(output: Int) -> Int { input.input + input.cacheWrite + target.outputBurndown * output }

  /// Records the output sent so far. The reservation grows once that costs more than was reserved for output.
  func progress(output: Int) {
    state.withLock { state in
      guard var lease = state.lease else { return }
      state.output = output
      enforcer.adjust(&lease, tokens: input.allInput + max(reservedOutput, target.outputBurndown * output))
      state.lease = lease
    }
  }

  /// Ends the invocation after the whole reply was sent.
  func finish(output: Int, latencyMilliseconds: Int, firstTokenMilliseconds: Int?) {
    guard let lease = close(output: output) else { return }
    let cost = cost(output: output)
    enforcer.settle(lease, tokens: cost)
    var tokens = input
    tokens.output = output
    record(
      InvocationRecord(
        modelID: target.dimension, outcome: .success, tokens: tokens, quotaTokens: cost, latencyMilliseconds: latencyMilliseconds,
        firstTokenMilliseconds: firstTokenMilliseconds, tier: tier))
  }

  /// Ends an invocation that failed before the model ran: it counts as a request, with no tokens.
  func fail(_ outcome: InvocationRecord.Outcome) {
    guard let lease = close(output: nil, fails: true) else { return }
    enforcer.settle(lease, tokens: 0)
    record(InvocationRecord(modelID: target.dimension, outcome: outcome, tier: tier))
  }

  /// Ends an invocation that broke off: the output sent so far counts.
  func breakOff(_ outcome: InvocationRecord.Outcome, output: Int?) {
    var seen = 0
    guard let lease = close(output: output, seen: &seen) else { return }
    enforcer.settle(lease, tokens: cost(output: seen))
    var tokens = input
    tokens.output = seen
    record(InvocationRecord(modelID: target.dimension, outcome: outcome, tokens: tokens, tier: tier))
  }

  var isOver: Bool { state.withLock { $0.lease == nil } }

  private func close(output: Int?, fails: Bool = false) -> QuotaLedger.Lease? {
    var seen = 0
    return close(output: output, fails: fails, seen: &seen)
  }

  /// Takes the lease out for its settlement, and settles what was taken of reserved capacity.
  /// - Parameter fails: whether the model never ran, so that nothing counts.
  private func close(output: Int?, fails: Bool = false, seen: inout Int) -> QuotaLedger.Lease? {
    let (lease, reserved, last) = state.withLock { state -> (QuotaLedger.Lease?, ReservedMeters.Lease?, Int) in
      defer { (state.lease, state.reserved) = (nil, nil) }
      return (state.lease, state.reserved, output ?? state.output)
    }
    seen = last
    if let reserved {
      capacity.settle(reserved, input: fails ? 0 : input.input + input.cacheWrite, output: fails ? 0 : last)
    }
    return lease
  }
}
