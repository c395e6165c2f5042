import Synchronization

/// Owns one Region's ledger: takes the lock, lets the ledger decide, and tells what others did meanwhile.
package final class QuotaEnforcer: Sendable {
  /// What the others' requests came to since the last look.
  package struct ForeignRecord: Sendable {
    package var modelID: String
    package var instant: Int64
    package var requests: Int64
    package var tokens: Int64
  }

  private struct State {
    var ledger: QuotaLedger
    var foreign: [ForeignTraffic] = []

    /// Lets the others' requests that are due by now go first, in the order of their times.
    mutating func catchUp(to now: Int64, _ records: inout [ForeignRecord]) {
      guard !foreign.isEmpty else { return }
      for index in foreign.indices {
        while let event = foreign[index].nextDue(by: now) {
          ledger.take(pool: foreign[index].pool, requests: event.requests, tokens: event.tokens, at: event.instant)
          records.append(
            ForeignRecord(
              modelID: foreign[index].modelID, instant: event.instant, requests: event.requests, tokens: event.tokens))
        }
      }
    }
  }

  /// A meter as the control API shows it.
  package struct MeterState: Sendable {
    package var code: String
    package var name: String
    package var measure: String
    package var quota: Int64
    package var available: Double
    package var inFlight: Int
  }

  private let state: Mutex<State>
  let semanticsName: String
  private let clock: EmulatorClock
  /// Told of the others' requests, after the lock is gone.
  private let onForeign: @Sendable (ForeignRecord) -> Void

  package init(
    semantics: QuotaSemantics, seed: UInt64, clock: EmulatorClock,
    onForeign: @escaping @Sendable (ForeignRecord) -> Void = { _ in }
  ) {
    self.clock = clock
    semanticsName = semantics.name
    self.onForeign = onForeign
    state = Mutex(State(ledger: QuotaLedger(semantics: semantics, seed: seed, origin: clock.nanosecondsAtStart)))
  }

  private func with<Result: Sendable>(_ body: (inout QuotaLedger, Int64) -> sending Result) -> Result {
    var records: [ForeignRecord] = []
    let result = state.withLock { state -> Result in
      // The time is read under the lock, so that the ledger never sees it go backwards.
      let now = clock.now
      state.catchUp(to: now, &records)
      return body(&state.ledger, now)
    }
    for record in records { onForeign(record) }
    return result
  }

  package func reserve(pool: Int, tokens: Int) -> QuotaLedger.Decision {
    with { ledger, now in ledger.reserve(pool: pool, tokens: Int64(tokens), at: now) }
  }

  package func adjust(_ lease: inout QuotaLedger.Lease, tokens: Int) {
    let copy = lease
    lease = with { ledger, now in
      var lease = copy
      ledger.adjust(&lease, tokens: Int64(tokens), at: now)
      return lease
    }
  }

  package func settle(_ lease: QuotaLedger.Lease, tokens: Int) {
    with { ledger, now in ledger.settle(lease, tokens: Int64(tokens), at: now) }
  }

  /// A pool of these quotas, made where they are new.
  package func pool(_ quotas: [(code: String, name: String, measure: QuotaLedger.Measure, value: Double, factor: Int64)]) -> Int {
    with { ledger, now in
      let meters = quotas.map {
        ledger.meter(code: $0.code, name: $0.name, measure: $0.measure, value: $0.value, factor: $0.factor, at: now)
      }
      return ledger.addPool(meters)
    }
  }

  package func setQuota(code: String, value: Double) {
    with { ledger, now in ledger.setQuota(code: code, value: value, at: now) }
  }

  /// Others take this share of each quota of a pool from now on; 0 ends it.
  package func setForeign(modelID: String, pool: Int, share: Double) {
    with { _, _ in }
    state.withLock { state in
      state.foreign.removeAll { $0.modelID == modelID }
      guard share > 0 else { return }
      let meters = state.ledger.pools[pool].meters.map { state.ledger.meters[$0] }
      let requests = meters.first { $0.measure == .rpm }.map { Double($0.quota) * share }
      let tokens = meters.first { $0.measure == .tpm }.map { Double($0.quota) * share }
      state.foreign.append(
        ForeignTraffic(
          // Without a quota on requests, ten a second draw evenly on the tokens.
          modelID: modelID, pool: pool, share: share, requestsPerMinute: requests ?? 600, tokensPerMinute: tokens ?? 0,
          start: clock.now))
    }
  }

  var foreign: [(modelID: String, share: Double)] { state.withLock { $0.foreign.map { ($0.modelID, $0.share) } } }

  package func reset() {
    with { ledger, now in ledger.reset(at: now) }
  }

  /// Lets the others' due requests happen, for who wants to read what they did.
  package func catchUp() { with { _, _ in } }

  package func meters() -> [MeterState] {
    with { ledger, now in
      ledger.meters.indices.map { index in
        let meter = ledger.meters[index]
        return MeterState(
          code: meter.code, name: meter.name, measure: meter.measure.rawValue, quota: meter.quota,
          available: ledger.available(meter: index, at: now), inFlight: meter.inFlight)
      }
    }
  }
}
