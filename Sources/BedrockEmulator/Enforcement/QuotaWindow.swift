import DequeModule

/// One quota, or one shard of it, over time: its level, debits and settlements.
///
/// It is pure: instants are parameters, in nanoseconds since the emulator started. Amounts are requests or tokens. It is exact:
/// a bucket counts in units of 1/(period·shards), of which each nanosecond refills `quota`.
struct QuotaWindow: Sendable {
  /// Identifies a debit for its settlement.
  enum Entry: Sendable, Equatable {
    case none
    /// The position of the debit in a rolling window, counted from the start.
    case position(Int)
    /// The clock minute.
    case minute(Int64)
  }

  private struct Item {
    var instant: Int64
    var amount: Int64
  }

  let semantics: QuotaSemantics
  /// The period of the quota, in nanoseconds.
  let period: Int64
  /// Nanoseconds from 1970 to instant 0, for clock minutes.
  let origin: Int64
  private(set) var quota: Int64

  private var level: Int128
  private var refilledTo: Int64
  private var items: Deque<Item> = []
  private var firstPosition = 0
  /// The amount in the rolling window or the clock minute.
  private var sum: Int64 = 0
  private var minute: Int64 = 0

  /// The largest amount, to which larger ones are clamped: 10^15 tokens are more than any quota.
  static let amountMax: Int64 = 1_000_000_000_000_000

  /// A quota's value as an amount: 0 for NaN.
  static func whole(_ value: Double) -> Int64 { value.isNaN ? 0 : Int64(min(max(value, 0), Double(amountMax))) }

  init(quota: Int64, semantics: QuotaSemantics, period: Int64, origin: Int64, at now: Int64) {
    self.quota = min(max(quota, 0), Self.amountMax)
    self.semantics = semantics
    self.period = period
    self.origin = origin
    level = 0
    refilledTo = semantics.effectiveTime(now)
    level = capacity
  }

  private var unit: Int128 { Int128(period) * Int128(semantics.shards) }

  private var capacity: Int128 {
    guard case .bucket(let seconds) = semantics.window else { return 0 }
    return Int128(quota) * Int128(seconds) * 1_000_000_000
  }

  /// Moves the window to an instant. An earlier one has no effect.
  private mutating func move(to now: Int64) {
    switch semantics.window {
    case .bucket:
      let time = semantics.effectiveTime(now)
      guard time > refilledTo else { return }
      level = min(level + Int128(quota) * Int128(time - refilledTo), capacity)
      refilledTo = time
    case .rolling:
      while let first = items.first, now - first.instant >= period {
        sum -= first.amount
        items.removeFirst()
        firstPosition += 1
      }
    case .fixed:
      let current = (origin + now) / period
      guard current > minute else { return }
      minute = current
      sum = 0
    }
  }

  /// Whether the window has room for an amount.
  mutating func holds(_ amount: Int64, at now: Int64) -> Bool {
    move(to: now)
    switch semantics.window {
    case .bucket: return semantics.isLate ? level > 0 : level >= Int128(amount) * unit
    case .rolling, .fixed:
      let shards = Int64(semantics.shards)
      return semantics.isLate ? sum * shards < quota : (sum + amount) * shards <= quota
    }
  }

  /// The largest amount that fits. Where debits are late, anything fits while something is left.
  mutating func room(at now: Int64) -> Int64 {
    guard !semantics.isLate else { return holds(1, at: now) ? Self.amountMax : 0 }
    move(to: now)
    switch semantics.window {
    case .bucket: return max(Int64(clamping: level / unit), 0)
    case .rolling, .fixed: return max(quota / Int64(semantics.shards) - sum, 0)
    }
  }

  /// Nanoseconds until an amount fits, if nothing else is debited; the period if it never fits.
  mutating func wait(for amount: Int64, at now: Int64) -> Int64 {
    move(to: now)
    guard quota > 0 else { return period }
    switch semantics.window {
    case .bucket:
      guard Int128(amount) * unit <= capacity || semantics.isLate else { return period }
      let missing = semantics.isLate ? 1 - level : Int128(amount) * unit - level
      return missing <= 0 ? 0 : Int64(clamping: (missing + Int128(quota) - 1) / Int128(quota))
    case .rolling:
      var left = sum
      for item in items {
        if (left + amount) * Int64(semantics.shards) <= quota { return 0 }
        left -= item.amount
        if (left + amount) * Int64(semantics.shards) <= quota { return max(item.instant + period - now, 0) }
      }
      return period
    case .fixed: return (minute + 1) * period - origin - now
    }
  }

  /// Debits an amount at the start of a request; has no effect if debits are late.
  mutating func debit(_ amount: Int64, at now: Int64) -> Entry {
    move(to: now)
    return semantics.isLate ? .none : take(amount, at: now)
  }

  private mutating func take(_ amount: Int64, at now: Int64) -> Entry {
    switch semantics.window {
    case .bucket:
      level -= Int128(amount) * unit
      return .none
    case .rolling:
      sum += amount
      items.append(Item(instant: now, amount: amount))
      return .position(firstPosition + items.count - 1)
    case .fixed:
      sum += amount
      return .minute(minute)
    }
  }

  /// Changes the amount of a debit; has no effect if debits are late.
  mutating func adjust(_ entry: Entry, from held: Int64, to amount: Int64, at now: Int64) {
    guard !semantics.isLate else { return }
    move(to: now)
    switch (semantics.window, entry) {
    case (.bucket, _): level = min(level + Int128(held - amount) * unit, capacity)
    case (.rolling, .position(let position)):
      guard position >= firstPosition else { return }
      items[position - firstPosition].amount += amount - held
      sum += amount - held
    case (.fixed, .minute(let of)): if of == minute { sum += amount - held }
    default: return
    }
  }

  /// Settles a request: its final cost replaces its reservation.
  mutating func settle(_ entry: Entry, from held: Int64, to amount: Int64, at now: Int64) {
    if semantics.isLate {
      move(to: now)
      _ = take(amount, at: now)
    } else {
      adjust(entry, from: held, to: amount, at: now)
    }
  }

  /// Changes the quota. Earlier debits stay.
  mutating func setQuota(_ quota: Int64, at now: Int64) {
    move(to: now)
    // The amount that is missing from a full bucket stays the same.
    let missing = capacity - level
    self.quota = min(max(quota, 0), Self.amountMax)
    if case .bucket = semantics.window { level = capacity - missing }
  }

  /// The level, in requests or tokens; below zero in debt.
  mutating func available(at now: Int64) -> Double {
    move(to: now)
    switch semantics.window {
    case .bucket: return Double(level) / Double(unit)
    case .rolling, .fixed: return Double(quota) / Double(semantics.shards) - Double(sum)
    }
  }
}
