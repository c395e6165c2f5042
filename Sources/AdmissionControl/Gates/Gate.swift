/// Enforces one limit: a meter counts reservations, a pacer counts predicted costs, and a strict window, if there is one, bounds
/// the sum over a minute.
package struct Gate: Sendable {
  /// The interval at which a moving scale is applied, in nanoseconds: 0.1 s.
  static let scaleInterval: Int64 = 100_000_000
  /// The capacity of a strict gate's meter, in seconds of the limit: less than 2 s, the smallest bucket that we assume of any
  /// server.
  private static let strictSeconds = 1.9
  /// The capacity of any other gate's meter before the headroom, in seconds of the limit: one minute, like Bedrock's bucket.
  private static let bucketSeconds = 60.0

  let measure: Measure
  private(set) var limit: Int64
  private(set) var window: LimitWindow
  private(set) var meter: GateSource
  private(set) var pacer: GateSource?
  private(set) var strict: StrictWindow?
  private(set) var learner: LimitLearner?
  /// The share of ``bucketSeconds`` that may be reserved at once.
  private let headroom: Double
  /// The capacity of the pacer, in seconds of the limit.
  private let burst: Double
  private var appliedScale = 1.0
  private var scaledAt: Int64
  /// What a store is expected to grant; nil: nothing is known, or the units aren't a store's.
  var supply: PrepaidSupply?

  init(_ limit: Limit, _ configuration: LimiterConfiguration, at now: Int64) {
    measure = limit.measure
    scaledAt = now
    self.limit = min(max(limit.value, 0), Meter.unitsMax)
    headroom = configuration.headroom.isFinite ? min(max(configuration.headroom, 0.1), 1) : 0.95
    burst = configuration.burstSeconds
    let isPerMinute = measure.isPerMinute
    // Requests in flight may be counted here even if a store grants the rest. A store keeps windows and learns limits itself.
    let isPrepaid = configuration.isPrepaid && (measure != .concurrency || configuration.sharesConcurrency)
    window = configuration.profile == .strict && isPerMinute && !isPrepaid ? .strict : .bucket(seconds: Self.bucketSeconds)
    let empty = Meter(rate: self.limit, capacity: 0, period: measure == .tokensPerDay ? .day : .minute, at: now)
    meter = GateSource(empty, isPrepaid: isPrepaid, at: now)
    if isPerMinute {
      pacer = GateSource(empty, isPrepaid: isPrepaid, at: now)
      if configuration.learnsLimits, !isPrepaid {
        var learner = LimitLearner(scaleMax: configuration.scaleMax)
        if let share = configuration.sharesAtStart[measure] { learner.begin(share: share, at: now) }
        appliedScale = learner.scale
        self.learner = learner
      }
    }
    if window == .strict { strict = StrictWindow(at: now) }
    // The meters were made with a capacity of 0, so that a new limit leaves them full.
    resize(at: now, isNewLimit: true)
    if measure == .tokensPerDay, let left = configuration.tokensLeftToday {
      meter.lower(to: min(max(left, -Meter.unitsMax), Meter.unitsMax) * Meter.micro, at: now)
    }
  }

  var isPrepaid: Bool { meter.isPrepaid }

  /// Whether the scale changes by itself.
  var isMoving: Bool { learner?.isMoving == true }

  /// The limit as the server seems to enforce it. A limit above 0 stays above 0.
  var effectiveLimit: Int64 { appliedScale == 1 ? limit : max(Int64(Double(limit) * appliedScale), min(limit, 1)) }

  // MARK: - Limits

  /// - Parameter isNewLimit: whether the limit itself has changed, so that usage of the old limit counts against the new one; if
  ///   false, only our estimate of the limit has changed.
  private mutating func resize(at now: Int64, isNewLimit: Bool = false) {
    let rate = effectiveLimit
    let whole = Double(rate)
    let most: Double =
      switch window {
      case .bucket(let seconds): whole * headroom * (measure == .tokensPerDay ? 1 : min(seconds, Self.bucketSeconds) / 60)
      case .strict: whole * Self.strictSeconds / 60
      }
    let capacity = max(Int64(most), min(rate, 1))
    let pace = max(Int64(whole * burst / 60), min(rate, 1))
    if isNewLimit {
      meter.replace(rate: rate, capacity: capacity, at: now)
      pacer?.replace(rate: rate, capacity: pace, at: now)
    } else {
      meter.set(rate: rate, capacity: capacity, at: now)
      pacer?.set(rate: rate, capacity: pace, at: now)
    }
  }

  mutating func set(limit value: Int64, at now: Int64) {
    let old = effectiveLimit
    let wasThrottled = learner?.wasThrottled(at: now) ?? false
    limit = min(max(value, 0), Meter.unitsMax)
    learner?.reset()
    appliedScale = learner?.scale ?? 1
    // The server already enforced the lower limit when it throttled, and that set our level to the server's. Replacing the limit
    // would subtract the difference a second time.
    let isKnownLate = wasThrottled && effectiveLimit < old
    resize(at: now, isNewLimit: !isKnownLate)
  }

  mutating func set(window: LimitWindow, at now: Int64) {
    guard window != self.window else { return }
    self.window = window
    if window == .strict, strict == nil { strict = StrictWindow(at: now) }
    resize(at: now)
  }

  /// Applies the learner's scale as of now.
  @inline(__always)
  mutating func advance(to now: Int64) {
    if isMoving, now &- scaledAt >= Self.scaleInterval { applyScale(at: now) }
  }

  private mutating func applyScale(at now: Int64) {
    learner?.advance(to: now)
    scaledAt = now
    let scale = learner?.scale ?? 1
    guard scale != appliedScale else { return }
    appliedScale = scale
    resize(at: now)
  }

  /// The server throttled a request that our meter had room for. The server's meter is empty, so ours falls to a debt of one
  /// second's refill.
  mutating func throttled(sentAt: Int64, at now: Int64) {
    let second = effectiveLimit * Meter.micro / 60
    // What a store has granted stays granted. The store lowers the limit for all of its members.
    guard !isPrepaid else { return }
    guard measure != .tokensPerDay else { return meter.lower(to: 0, at: now) }
    let isEvent = learner?.throttled(limit: limit, sentAt: sentAt, at: now) ?? true
    if isEvent {
      meter.lower(to: -second, at: now)
      applyScale(at: now)
    }
  }

  // MARK: - Requests

  /// Whether the limit can hold a request of this many units at all.
  func canEverHold(_ units: Int64) -> Bool { units <= limit && limit > 0 }

  /// Whether a request can go now. Refills first.
  /// - Parameters:
  ///   - reserved: units that it reserves.
  ///   - predicted: units that it is predicted to cost.
  ///   - inFlight: requests in flight.
  @inline(__always)
  mutating func hasRoom(reserved: Int64, predicted: Int64, inFlight: Int64, at now: Int64) -> Bool {
    if measure == .concurrency, !isPrepaid { return inFlight < limit }
    guard meter.hasRoom(for: reserved &* Meter.micro, at: now),
      pacer?.hasRoom(for: predicted &* Meter.micro, at: now) ?? true
    else { return false }
    guard window == .strict else { return true }
    strict?.advance(to: now)
    return (strict?.total ?? 0) + reserved <= strictLimit(reserved)
  }

  /// A request above the scaled limit but within the limit may have a minute to itself.
  @inline(__always)
  private func strictLimit(_ reserved: Int64) -> Int64 { max(effectiveLimit, min(reserved, limit)) }

  /// Debits a request, which must have room.
  /// - Returns: the slot of the strict window; `.min` if there is none.
  @inline(__always)
  mutating func take(reserved: Int64, predicted: Int64, at now: Int64) -> Int64 {
    guard measure != .concurrency || isPrepaid else { return .min }
    meter.debit(reserved &* Meter.micro)
    pacer?.debit(predicted &* Meter.micro)
    learner?.accept(predicted)
    return strict?.add(reserved, at: now) ?? .min
  }

  /// Replaces what a request holds by its final cost.
  @inline(__always)
  mutating func settle(reserved: Int64, predicted: Int64, final: Int64, slot: Int64, at now: Int64) {
    guard measure != .concurrency || isPrepaid else { return }
    // A request that has ended is in flight no longer, whatever it cost.
    let final = measure == .concurrency ? 0 : final
    if reserved != final {
      meter.credit((reserved &- final) &* Meter.micro, at: now)
      strict?.change(slot, by: final &- reserved, at: now)
    }
    if predicted != final {
      pacer?.credit((predicted &- final) &* Meter.micro, at: now)
      learner?.accept(final &- predicted)
    }
  }

  /// Debits more for a request in flight.
  /// - Parameters:
  ///   - reserved: units on top of what it reserved.
  ///   - predicted: units on top of its prediction.
  mutating func raise(reserved: Int64, predicted: Int64, slot: Int64, at now: Int64) {
    guard measure != .concurrency else { return }
    if reserved > 0 {
      meter.credit(-reserved * Meter.micro, at: now)
      strict?.change(slot, by: reserved, at: now)
    }
    if predicted > 0 {
      pacer?.credit(-predicted * Meter.micro, at: now)
      learner?.accept(predicted)
    }
  }

  /// Nanoseconds until a request fits, if nothing else happens; nil if that takes settlements or new grants.
  /// - Parameter ahead: units that go before it.
  func wait(reserved: Int64, predicted: Int64, inFlight: Int64, ahead: Int64 = 0, at now: Int64) -> Int64? {
    guard measure != .concurrency || isPrepaid else { return inFlight < limit ? 0 : nil }
    func wait(_ source: GateSource, _ units: Int64) -> Int64? {
      // If another gate had no room for the request, this source has not been refilled yet.
      var later = source
      later.refill(at: now)
      later.debit(min(ahead, Meter.unitsMax) &* Meter.micro)
      return later.wait(for: min(units &* Meter.micro, source.capacity))
    }
    guard let meterWait = wait(meter, reserved), let pacerWait = pacer.map({ wait($0, predicted) }) ?? 0 else { return nil }
    guard window == .strict, let strict else { return max(meterWait, pacerWait) }
    return strict.wait(for: reserved, limit: strictLimit(reserved), at: now).map { max(meterWait, pacerWait, $0) }
  }

  /// Nanoseconds until a store is expected to have granted what a request needs, at the earliest; nil: nobody knows.
  /// - Parameter ahead: units that go before it.
  func supplyWait(reserved: Int64, predicted: Int64, ahead: Int64, at now: Int64) -> Int64? {
    guard isPrepaid, let supply else { return nil }
    func held(_ source: GateSource?) -> Double { Double(max(source?.level ?? 0, 0)) / Double(Meter.micro) }
    return supply.wait(
      reserved: Double(reserved), predicted: pacer == nil ? 0 : Double(predicted), ahead: Double(ahead),
      held: (held(meter), pacer == nil ? .infinity : held(pacer)), at: now)
  }

  func state(inFlight: Int64, at now: Int64) -> Snapshot.MeterState {
    var meter = meter
    meter.refill(at: now)
    return Snapshot.MeterState(
      measure: measure, limit: limit, scale: appliedScale,
      available: measure == .concurrency ? limit - inFlight : meter.level / Meter.micro, inFlight: inFlight,
      isStrict: window == .strict, availableMax: measure == .concurrency ? limit : meter.capacity / Meter.micro)
  }
}

/// The fast path, for gates that consist of a local meter and a pacer.
extension Gate {
  var isPlain: Bool { strict == nil && learner?.isTaught != true && !isMoving && !isPrepaid }

  /// ``hasRoom(reserved:predicted:inFlight:at:)`` and ``take(reserved:predicted:at:)`` in one.
  @inline(__always)
  mutating func takeAtOnce(reserved: Int64, predicted: Int64, inFlight: Int64, at now: Int64) -> Bool {
    if measure == .concurrency { return inFlight < limit }
    guard meter.meter.take(reserved &* Meter.micro, at: now) else { return false }
    guard pacer?.meter.take(predicted &* Meter.micro, at: now) ?? true else {
      meter.meter.credit(reserved &* Meter.micro, at: now)
      return false
    }
    return true
  }

  /// ``settle(reserved:predicted:final:slot:at:)`` without a strict window and a learner.
  @inline(__always)
  mutating func settleAtOnce(reserved: Int64, predicted: Int64, final: Int64, at now: Int64) {
    meter.meter.credit((reserved &- final) &* Meter.micro, at: now)
    pacer?.meter.credit((predicted &- final) &* Meter.micro, at: now)
  }
}

/// A gate whose units a store grants.
extension Gate {
  /// - Returns: false if there are too many chunks already.
  mutating func grant(_ chunk: PrepaidChunk, at now: Int64) -> Bool {
    guard isPrepaid, !meter.isFull, pacer?.isFull != true else { return false }
    meter.grant(chunk.chunk(chunk.reserved), at: now)
    pacer?.grant(chunk.chunk(chunk.predicted), at: now)
    return true
  }

  mutating func giveBack(at now: Int64) {
    meter.giveBack(at: now)
    pacer?.giveBack(at: now)
  }

  var owed: PrepaidDebt? { meter.owed.map { PrepaidDebt(reserved: $0, predicted: pacer?.owed ?? $0) } }
}
