import Synchronization

/// The meters of the service tier `reserved` in one Region. A request that doesn't fit into them overflows to the on-demand quotas.
///
/// AWS publishes that input and output have capacities of their own, and that cache writes count as input, but not how requests
/// count while they run. Here, a request takes its input (cached or not) and `max_tokens` at its start, and at its end keeps input
/// + cache writes and the output, without burndown, as on bedrock-mantle, whose meters are apart too.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
package final class ReservedMeters: Sendable {
  /// What a request has taken, until it is settled.
  package struct Lease: Sendable {
    fileprivate var key: Int
    fileprivate var epoch: Int
    fileprivate var input: (entry: QuotaWindow.Entry, held: Int64)
    fileprivate var output: (entry: QuotaWindow.Entry, held: Int64)
    /// Zero-based position of the request among those that the capacity admitted.
    var ordinal: UInt64
  }

  /// A capacity for the control API.
  package struct Level: Sendable {
    package var modelID: String
    package var tokens: ReservedTokens
    package var inputAvailable: Double
    package var outputAvailable: Double
  }

  private struct Meters {
    var modelID: String
    var tokens: ReservedTokens
    var input: QuotaWindow
    var output: QuotaWindow
    var admitted: UInt64 = 0
  }

  private struct State {
    /// By the pool of on-demand quotas, which all ids of the model's profile share.
    var meters: [Int: Meters] = [:]
    /// Counts resets and changes, after which older requests settle without effect.
    var epoch = 0
  }

  private let semantics: QuotaSemantics
  private let clock: EmulatorClock
  private let state = Mutex(State())

  package init(semantics: QuotaSemantics, clock: EmulatorClock) {
    self.semantics = semantics.inOnePiece
    self.clock = clock
  }

  /// Sets the capacity of a pool, full; without any tokens, it has none.
  package func set(_ tokens: ReservedTokens, pool: Int, modelID: String) {
    state.withLock { state in
      let now = clock.now
      state.epoch += 1
      state.meters[pool] =
        tokens == ReservedTokens(input: 0, output: 0)
        ? nil
        : Meters(
          modelID: modelID, tokens: tokens, input: window(tokens.input, at: now), output: window(tokens.output, at: now))
    }
  }

  private func window(_ quota: Int, at now: Int64) -> QuotaWindow {
    QuotaWindow(
      quota: Int64(quota), semantics: semantics, period: 60_000_000_000, origin: clock.nanosecondsAtStart, at: now)
  }

  /// Takes the tokens of a request.
  /// - Parameters:
  ///   - input: cached or not.
  ///   - output: `max_tokens`.
  /// - Returns: nil if they don't fit, or the pool has no such capacity.
  package func reserve(pool: Int, input: Int, output: Int) -> Lease? {
    state.withLock { state in
      let now = clock.now
      guard var meters = state.meters[pool], meters.input.holds(Int64(input), at: now),
        meters.output.holds(Int64(output), at: now)
      else { return nil }
      let lease = Lease(
        key: pool, epoch: state.epoch, input: (meters.input.debit(Int64(input), at: now), Int64(input)),
        output: (meters.output.debit(Int64(output), at: now), Int64(output)), ordinal: meters.admitted)
      meters.admitted += 1
      state.meters[pool] = meters
      return lease
    }
  }

  /// Settles a request: what it used replaces what it took.
  package func settle(_ lease: Lease, input: Int, output: Int) {
    state.withLock { state in
      guard lease.epoch == state.epoch, var meters = state.meters[lease.key] else { return }
      let now = clock.now
      meters.input.settle(lease.input.entry, from: lease.input.held, to: Int64(input), at: now)
      meters.output.settle(lease.output.entry, from: lease.output.held, to: Int64(output), at: now)
      state.meters[lease.key] = meters
    }
  }

  /// Forgets all capacities.
  package func reset() {
    state.withLock { state in
      state.meters = [:]
      state.epoch += 1
    }
  }

  /// All capacities, in the order of their models.
  package var levels: [Level] {
    state.withLock { state in
      let now = clock.now
      return state.meters.values.sorted { $0.modelID < $1.modelID }.map { meters in
        var (input, output) = (meters.input, meters.output)
        return Level(
          modelID: meters.modelID, tokens: meters.tokens, inputAvailable: input.available(at: now),
          outputAvailable: output.available(at: now))
      }
    }
  }
}

extension QuotaSemantics {
  /// The same without shards.
  fileprivate var inOnePiece: QuotaSemantics {
    var semantics = self
    semantics.shards = 1
    return semantics
  }
}
