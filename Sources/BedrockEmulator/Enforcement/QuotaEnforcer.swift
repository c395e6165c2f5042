import Synchronization

/// Owns one Region's ledger and foreign traffic. It takes the lock, lets the ledger decide, and then reports foreign requests.
package final class QuotaEnforcer: Sendable {
  /// Foreign requests of one instant.
  package struct ForeignRecord: Sendable {
    package var modelID: String
    package var instant: Int64
    package var requests: Int64
    package var tokens: Int64
  }

  private struct State {
    var ledger: QuotaLedger
    var reservationFactor: ReservationFactor
    var foreign: [ForeignTraffic] = []
    /// Not reported yet.
    var records: [ForeignRecord] = []

    /// Debits the foreign requests that are due, in the order of their times.
    mutating func catchUp(to now: Int64) {
      guard !foreign.isEmpty else { return }
      for index in foreign.indices {
        while let event = foreign[index].nextOld(at: now) { happen(event, of: index) }
      }
      while let index = foreign.indices.min(by: { foreign[$0].nextInstant < foreign[$1].nextInstant }),
        foreign[index].nextInstant <= now
      {
        happen(foreign[index].next(), of: index)
      }
    }

    private mutating func happen(_ event: ForeignTraffic.Event, of index: Int) {
      ledger.take(
        pool: foreign[index].pool, requests: event.requests, tokens: event.tokens, isOld: event.isOld, at: event.instant)
      records.append(
        ForeignRecord(modelID: foreign[index].modelID, instant: event.instant, requests: event.requests, tokens: event.tokens))
    }

    /// Traffic that uses a share of a pool's current quotas.
    func traffic(modelID: String, pool: Int, share: Double, at now: Int64) -> ForeignTraffic {
      func perMinute(_ measure: QuotaLedger.Measure) -> Double? {
        let quotas = ledger.pools[pool].meters.map { ledger.meters[$0] }.filter { $0.measure == measure }.map(\.quota)
        return quotas.first { $0 < QuotaWindow.amountMax }.map { Double($0) * share }
      }
      return ForeignTraffic(
        // Without a quota on requests, the tokens are spread over ten requests a second.
        modelID: modelID, pool: pool, share: share, requestsPerMinute: perMinute(.rpm) ?? 600,
        tokensPerMinute: perMinute(.tpm) ?? 0, start: now)
    }

    /// Recomputes the traffic after a quota has changed; the shares stay.
    mutating func renewTraffic(at now: Int64) {
      foreign = foreign.map { traffic(modelID: $0.modelID, pool: $0.pool, share: $0.share, at: now) }
    }
  }

  /// A meter for the control API.
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
  /// Called with foreign requests, outside the lock.
  private let onForeign: @Sendable (ForeignRecord) -> Void

  /// - Parameters:
  ///   - announcesWaits: whether throttling says how long to wait, which takes time to compute.
  ///   - onForeign: called with foreign requests, outside the lock.
  package init(
    semantics: QuotaSemantics, reservationFactor: ReservationFactor = .one, seed: UInt64, clock: EmulatorClock,
    announcesWaits: Bool = false,
    onForeign: @escaping @Sendable (ForeignRecord) -> Void = { _ in }
  ) {
    self.clock = clock
    semanticsName = semantics.name
    self.onForeign = onForeign
    state = Mutex(
      State(
        ledger: QuotaLedger(
          semantics: semantics, seed: seed, origin: clock.nanosecondsAtStart, announcesWaits: announcesWaits),
        reservationFactor: reservationFactor))
  }

  /// Runs `body` on the current state, under the lock.
  /// - Parameter reports: whether to report foreign requests now; false if the caller holds a lock.
  private func with<Output: Sendable>(reports: Bool = true, _ body: (inout State, Int64) -> sending Output) -> Output {
    var records: [ForeignRecord] = []
    let output = state.withLock { state -> Output in
      // The time is read under the lock: otherwise two callers could reach the ledger in the wrong order.
      let now = clock.now
      state.catchUp(to: now)
      if reports { swap(&records, &state.records) }
      return body(&state, now)
    }
    for record in records { onForeign(record) }
    return output
  }

  /// How often the `max_tokens` of requests count that start now.
  package var reservationFactor: ReservationFactor { state.withLock { $0.reservationFactor } }

  /// Requests in flight keep what they have reserved.
  package func setReservationFactor(_ factor: ReservationFactor) { state.withLock { $0.reservationFactor = factor } }

  package func reserve(pool: Int, tokens: Int) -> QuotaLedger.Decision {
    with { state, now in state.ledger.reserve(pool: pool, tokens: Int64(tokens), at: now) }
  }

  package func adjust(_ lease: inout QuotaLedger.Lease, tokens: Int) {
    let copy = lease
    lease = with(reports: false) { state, now in
      var lease = copy
      state.ledger.adjust(&lease, tokens: Int64(tokens), at: now)
      return lease
    }
  }

  package func settle(_ lease: QuotaLedger.Lease, tokens: Int) {
    with { state, now in state.ledger.settle(lease, tokens: Int64(tokens), at: now) }
  }

  /// Makes a pool of these quotas. A quota that several pools contain has one meter.
  package func pool(_ quotas: [(code: String, name: String, measure: QuotaLedger.Measure, value: Double, factor: Int64)]) -> Int {
    with { state, now in
      let meters = quotas.map {
        state.ledger.meter(code: $0.code, name: $0.name, measure: $0.measure, value: $0.value, factor: $0.factor, at: now)
      }
      return state.ledger.addPool(meters)
    }
  }

  package func setQuota(code: String, value: Double) {
    with { state, now in
      state.ledger.setQuota(code: code, value: value, at: now)
      state.renewTraffic(at: now)
    }
  }

  /// Starts foreign traffic on a pool.
  /// - Parameter share: of each quota per minute; 0 ends the traffic.
  package func setForeign(modelID: String, pool: Int, share: Double) {
    with { state, now in
      state.foreign.removeAll { $0.modelID == modelID }
      if share > 0 { state.foreign.append(state.traffic(modelID: modelID, pool: pool, share: share, at: now)) }
    }
  }

  var foreign: [(modelID: String, share: Double)] { state.withLock { $0.foreign.map { ($0.modelID, $0.share) } } }

  /// Fills all meters and ends foreign traffic.
  package func reset() {
    with { state, now in
      state.ledger.reset(at: now)
      state.foreign = []
    }
  }

  /// Debits and reports the foreign requests that are due.
  package func catchUp() { with { _, _ in } }

  package func meters() -> [MeterState] {
    with { state, now in
      state.ledger.meters.indices.map { index in
        let meter = state.ledger.meters[index]
        return MeterState(
          code: meter.code, name: meter.name, measure: meter.measure.rawValue, quota: meter.quota,
          available: state.ledger.available(meter: index, at: now), inFlight: meter.inFlight)
      }
    }
  }
}
