/// One limit as a request meets it: a ledger of what is reserved, a pacer of what it will cost, and a strict window where that is wanted.
package struct Gate: Sendable {
  /// How much of the limit may be out at once.
  package enum Window: Sendable, Equatable {
    /// A bucket of so many seconds of the limit.
    case bucket(seconds: Double)
    /// And no sum over a minute above the limit.
    case strict
  }

  let measure: Measure
  private(set) var limit: Int64
  private(set) var window: Window
  private(set) var ledger: Meter
  private(set) var pacer: Meter?
  private(set) var strict: StrictWindow?
  var learner: LimitLearner?
  private let headroom: Double
  private let burst: Double
  private var appliedScale = 1.0
  private var scaledAt: Int64 = 0

  /// How often a scale that moves is applied: 0.1 s.
  private static let scaleNanoseconds: Int64 = 100_000_000
  /// What a strict ledger holds, in seconds of the limit: less than the smallest bucket that any server is thought to have.
  private static let strictSeconds = 1.9

  init(_ limit: Limit, _ configuration: LimiterConfiguration, at now: Int64) {
    measure = limit.measure
    self.limit = min(max(limit.value, 0), Meter.unitsMax)
    headroom = configuration.headroom.isFinite ? min(max(configuration.headroom, 0.1), 1) : 0.95
    burst = configuration.burstSeconds.isFinite ? min(max(configuration.burstSeconds, 0.01), 60) : 1
    let isPerMinute = measure != .tokensPerDay && measure != .concurrency
    window = configuration.profile == .strict && isPerMinute ? .strict : .bucket(seconds: 60)
    ledger = Meter(rate: self.limit, capacity: 0, period: measure == .tokensPerDay ? .day : .minute, at: now)
    if isPerMinute {
      pacer = Meter(rate: self.limit, capacity: 0, period: .minute, at: now)
      if configuration.learnsLimits {
        learner = LimitLearner(scaleMax: configuration.scaleMax)
        if let share = configuration.sharesAtStart[measure] { learner!.begin(share: share, at: now) }
        appliedScale = learner!.scale
      }
    }
    if window == .strict { strict = StrictWindow(at: now) }
    // From an empty brim to a full one.
    size(at: now, isNewLimit: true)
    if measure == .tokensPerDay, let left = configuration.tokensLeftToday {
      ledger.lower(to: min(max(left, -Meter.unitsMax), Meter.unitsMax) * Meter.micro, at: now)
    }
  }

  /// The limit as the server is thought to keep it.
  var effectiveLimit: Int64 { appliedScale == 1 ? limit : max(Int64(Double(limit) * appliedScale), min(limit, 1)) }

  /// - Parameter isNewLimit: what was used of the old one counts on the new one; else only our idea of it has changed.
  private mutating func size(at now: Int64, isNewLimit: Bool = false) {
    let rate = effectiveLimit
    let whole = Double(rate)
    let capacity: Double =
      switch window {
      case .bucket(let seconds): whole * headroom * (measure == .tokensPerDay ? 1 : min(seconds, 60) / 60)
      case .strict: whole * Self.strictSeconds / 60
      }
    let brim = max(Int64(capacity), min(rate, 1))
    let pace = max(Int64(whole * burst / 60), min(rate, 1))
    if isNewLimit {
      ledger.replace(rate: rate, capacity: brim, at: now)
      pacer?.replace(rate: rate, capacity: pace, at: now)
    } else {
      ledger.set(rate: rate, capacity: brim, at: now)
      pacer?.set(rate: rate, capacity: pace, at: now)
    }
  }

  mutating func set(limit value: Int64, at now: Int64) {
    let old = effectiveLimit
    let wasRefused = learner?.wasRefused(at: now) ?? false
    limit = min(max(value, 0), Meter.unitsMax)
    learner?.reset()
    appliedScale = learner?.scale ?? 1
    // After a refusal our level is the server's, which has counted on a lower limit for some time: the difference is paid already.
    let isKnownLate = wasRefused && effectiveLimit < old
    size(at: now, isNewLimit: !isKnownLate)
  }

  mutating func set(window: Window, at now: Int64) {
    guard window != self.window else { return }
    self.window = window
    if window == .strict, strict == nil { strict = StrictWindow(at: now) }
    size(at: now)
  }

  /// Applies what the learner says by now.
  @inline(__always)
  mutating func advance(to now: Int64) {
    if learner?.isMoving == true, now &- scaledAt >= Self.scaleNanoseconds { applyScale(at: now) }
  }

  private mutating func applyScale(at now: Int64) {
    learner?.advance(to: now)
    scaledAt = now
    let scale = learner?.scale ?? 1
    guard scale != appliedScale else { return }
    appliedScale = scale
    size(at: now)
  }

  // MARK: - Requests

  /// Whether the limit can hold such a request at all.
  func canEverHold(_ amount: Int64) -> Bool { amount <= limit && limit > 0 }

  /// - Parameters:
  ///   - reserved: units, at the start; `predicted`: what the request will have cost in the end.
  ///   - outstanding: requests under way.
  @inline(__always)
  mutating func holds(reserved: Int64, predicted: Int64, outstanding: Int64, at now: Int64) -> Bool {
    if measure == .concurrency { return outstanding < limit }
    ledger.refill(at: now)
    guard ledger.level >= min(reserved &* Meter.micro, ledger.capacity) else { return false }
    if pacer != nil {
      pacer!.refill(at: now)
      guard pacer!.level >= min(predicted &* Meter.micro, pacer!.capacity) else { return false }
    }
    guard strict != nil, window == .strict else { return true }
    strict!.advance(to: now)
    return strict!.total + reserved <= strictLimit(reserved)
  }

  /// Who needs more than is let through for a while, but not more than the limit, has the minute alone.
  @inline(__always)
  private func strictLimit(_ reserved: Int64) -> Int64 { max(effectiveLimit, min(reserved, limit)) }

  /// - Returns: the slot of the strict window.
  @inline(__always)
  mutating func take(reserved: Int64, predicted: Int64, at now: Int64) -> Int64 {
    guard measure != .concurrency else { return .min }
    ledger.debit(reserved &* Meter.micro)
    pacer?.debit(predicted &* Meter.micro)
    learner?.accept(predicted)
    return strict == nil ? .min : strict!.add(reserved, at: now)
  }

  /// Ends a request, or tells how far it has come: what it held becomes what it costs.
  @inline(__always)
  mutating func settle(reserved: Int64, predicted: Int64, final: Int64, slot: Int64, at now: Int64) {
    guard measure != .concurrency else { return }
    if reserved != final { ledger.credit((reserved &- final) &* Meter.micro, at: now) }
    if predicted != final {
      pacer?.credit((predicted &- final) &* Meter.micro, at: now)
      learner?.accept(final &- predicted)
    }
    if strict != nil, reserved != final { strict!.change(slot, by: final &- reserved, at: now) }
  }

  /// More than was reserved is held from now on.
  mutating func raise(reserved: Int64, predicted: Int64, slot: Int64, at now: Int64) {
    guard measure != .concurrency else { return }
    if reserved > 0 {
      ledger.credit(-reserved * Meter.micro, at: now)
      strict?.change(slot, by: reserved, at: now)
    }
    if predicted > 0 {
      pacer?.credit(-predicted * Meter.micro, at: now)
      learner?.accept(predicted)
    }
  }

  func state(outstanding: Int64, at now: Int64) -> Snapshot.MeterState {
    var ledger = ledger
    ledger.refill(at: now)
    return Snapshot.MeterState(
      measure: measure, limit: limit, scale: appliedScale,
      available: measure == .concurrency ? limit - outstanding : ledger.level / Meter.micro, inFlight: outstanding,
      isStrict: window == .strict)
  }

  /// The server refused what our books held possible: it has nothing left, so neither have we, and a second of refill on top.
  mutating func refused(sentAt: Int64, at now: Int64) {
    let second = effectiveLimit * Meter.micro / 60
    guard measure != .tokensPerDay else { return ledger.lower(to: 0, at: now) }
    let isEvent = learner?.refuse(limit: limit, sentAt: sentAt, at: now) ?? true
    if isEvent {
      ledger.lower(to: -second, at: now)
      applyScale(at: now)
    }
  }

  /// Nanoseconds until such a request fits if nothing else happens and so much goes before it; nil where that takes settlements.
  func wait(reserved: Int64, predicted: Int64, outstanding: Int64, ahead: Int64 = 0, at now: Int64) -> Int64? {
    guard measure != .concurrency else { return outstanding < limit ? 0 : nil }
    func wait(_ meter: Meter, _ amount: Int64) -> Int64? {
      // Whoever was refused at another gate has not refilled this one.
      var later = meter
      later.refill(at: now)
      later.debit(min(ahead, Meter.unitsMax) &* Meter.micro)
      return later.wait(for: min(amount &* Meter.micro, meter.capacity))
    }
    guard let ledgerWait = wait(ledger, reserved) else { return nil }
    let pacerWait = pacer.map { wait($0, predicted) ?? .max / 4 } ?? 0
    guard window == .strict, let strict else { return max(ledgerWait, pacerWait) }
    return strict.wait(for: reserved, limit: strictLimit(reserved), at: now).map { max(ledgerWait, pacerWait, $0) }
  }

  // MARK: - Ledger and pacer alone

  var isPlain: Bool { strict == nil && learner?.isTaught != true && learner?.isMoving != true }

  /// ``holds(reserved:predicted:outstanding:at:)`` and ``take(reserved:predicted:at:)`` in one, of a plain gate.
  @inline(__always)
  mutating func takeAtOnce(reserved: Int64, predicted: Int64, outstanding: Int64, at now: Int64) -> Bool {
    if measure == .concurrency { return outstanding < limit }
    guard ledger.take(reserved &* Meter.micro, at: now) else { return false }
    guard pacer == nil || pacer!.take(predicted &* Meter.micro, at: now) else {
      ledger.credit(reserved &* Meter.micro, at: now)
      return false
    }
    return true
  }

  /// ``settle(reserved:predicted:final:slot:at:)`` of a plain gate.
  @inline(__always)
  mutating func settleAtOnce(reserved: Int64, predicted: Int64, final: Int64, at now: Int64) {
    ledger.credit((reserved &- final) &* Meter.micro, at: now)
    if pacer != nil { pacer!.credit((predicted &- final) &* Meter.micro, at: now) }
  }
}
