import Synchronization

/// Owns one Region's meters of bedrock-mantle: it takes the lock, reads the clock, and lets ``MantleLedger`` decide.
package final class MantleEnforcer: Sendable {
  private let state: Mutex<MantleLedger>
  private let clock: EmulatorClock

  /// - Parameter announcesWaits: whether throttling says how long to wait, which takes time to compute.
  package init(semantics: QuotaSemantics, seed: UInt64, clock: EmulatorClock, announcesWaits: Bool = false) {
    self.clock = clock
    state = Mutex(
      MantleLedger(semantics: semantics, seed: seed, origin: clock.nanosecondsAtStart, announcesWaits: announcesWaits))
  }

  private func with<Output: Sendable>(_ body: (inout MantleLedger, Int64) -> sending Output) -> Output {
    // The time is read under the lock: otherwise two callers could reach the ledger in the wrong order.
    state.withLock { body(&$0, clock.now) }
  }

  package func pool(input: MantleLedger.Quota?, output: MantleLedger.Quota?) -> Int {
    with { ledger, now in ledger.addPool(input: input, output: output, at: now) }
  }

  package func reserve(pool: Int, tokens: Int) -> MantleLedger.Decision {
    with { ledger, now in ledger.reserve(pool: pool, tokens: Int64(tokens), at: now) }
  }

  package func generate(_ tokens: Int, _ lease: MantleLedger.Lease) -> Int {
    with { ledger, now in Int(ledger.generate(Int64(tokens), lease, at: now)) }
  }

  package func settle(_ lease: MantleLedger.Lease, tokens: Int) {
    with { ledger, now in ledger.settle(lease, tokens: Int64(tokens), at: now) }
  }

  package func setQuota(code: String, value: Double) {
    with { ledger, now in ledger.setQuota(code: code, value: value, at: now) }
  }

  /// Fills all meters.
  package func reset() { with { ledger, now in ledger.reset(at: now) } }

  package func meters() -> [QuotaEnforcer.MeterState] {
    with { ledger, now in
      ledger.meters.indices.map { index in
        let meter = ledger.meters[index]
        return QuotaEnforcer.MeterState(
          code: meter.code, name: meter.name, measure: meter.side.rawValue, quota: meter.quota,
          available: ledger.available(meter: index, at: now), inFlight: meter.inFlight)
      }
    }
  }
}
