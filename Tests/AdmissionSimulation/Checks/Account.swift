import AdmissionControl

/// An independent account of one limit of a limiter, in other units and by other rules.
///
/// `bound` is the promise to the server, whatever the limiter learns; `level` is what its ledger has to show; `pace` and `paceMost` are
/// the least and the most that its pacer may hold: a second of the limit, or a few requests where those are larger.
struct Account: Sendable {
  let measure: Measure
  private(set) var limit: Int64
  /// As the limiter reports it.
  private(set) var scale = 1.0
  /// Units are tokens × nanoseconds of the period, so that a rate times a time needs no division.
  let period: Int128
  private let headroom: Double
  /// The capacity of the meter, as a share of the limit.
  private let brimShare: Double
  private let burst: Double

  /// What is missing from headroom × limit, refilled at the whole limit.
  private(set) var bound: Int128 = 0
  private(set) var level: Int128
  private(set) var pace: Int128
  private(set) var paceMost: Int128
  private var predictedMax: Int64 = 0
  /// By how much the limiter's level may be lower than ours: what it shows is rounded. Gone once ours has run over by as much.
  private(set) var doubt: Int128 = 0
  /// Everything taken in the last 60 s, for the strict profile.
  private(set) var window = RollingLog(length: 60_000_000_000)
  /// The same for longer than the limiter may count it.
  private(set) var wideWindow = RollingLog(length: 60_400_000_000)
  private(set) var inFlight: Int64 = 0
  /// Debits beyond what was granted, in tokens, since the start.
  private(set) var surprises = 0.0
  private(set) var paceSurprises = 0.0

  /// The capacity of a strict meter: 1.9 s of the limit, less than any server's bucket.
  private static let strictShare = 1.9 / 60

  init(_ limit: Limit, _ configuration: LimiterConfiguration) {
    measure = limit.measure
    self.limit = limit.value
    headroom = configuration.headroom
    burst = configuration.burstSeconds
    let isDay = limit.measure == .tokensPerDay
    brimShare = configuration.profile == .strict && !isDay ? Self.strictShare : headroom
    period = isDay ? 86_400_000_000_000 : 60_000_000_000
    level = 0
    pace = 0
    paceMost = 0
    level = capacity
    pace = paceCapacity
    paceMost = pace
  }

  var isPerMinute: Bool { measure != .tokensPerDay && measure != .concurrency }

  /// The refill rate of the meter and the pacer, in units per period.
  var rate: Int64 { scale == 1 ? limit : max(min(limit, 1), Int64(Double(limit) * scale)) }
  private func brim(_ rate: Int64, _ share: Double) -> Int128 {
    Int128(max(Int64(Double(rate) * share), min(rate, 1))) * period
  }
  var capacity: Int128 { brim(rate, brimShare) }
  var paceCapacity: Int128 { brim(rate, burst / 60) }
  private var paceMostCapacity: Int128 { max(paceCapacity, 4 * Int128(predictedMax) * period) }
  var boundCapacity: Int128 { brim(limit, headroom) }

  mutating func refill(for nanoseconds: Int64, to now: Int64) {
    guard nanoseconds > 0 else { return }
    bound = max(0, bound - Int128(limit) * Int128(nanoseconds))
    rise(Int128(rate) * Int128(nanoseconds))
    pace = max(pace, min(pace + Int128(rate) * Int128(nanoseconds), paceCapacity))
    paceMost = max(paceMost, min(paceMost + Int128(rate) * Int128(nanoseconds), paceMostCapacity))
    window.forget(before: now)
    wideWindow.forget(before: now)
  }

  private mutating func rise(_ gain: Int128) {
    let over = level + gain - capacity
    level = min(level + gain, max(capacity, level))
    if over > 0 { doubt = max(0, doubt - over) }
  }

  /// - Returns: the ticket of the window.
  mutating func take(_ reserved: Int64, _ predicted: Int64, at now: Int64) -> Int64 {
    inFlight += 1
    bound += Int128(reserved) * period
    level -= Int128(reserved) * period
    pace -= Int128(predicted) * period
    paceMost -= Int128(predicted) * period
    predictedMax = max(predictedMax, predicted)
    _ = wideWindow.take(reserved, at: now)
    return window.take(reserved, at: now)
  }

  mutating func settle(_ reserved: Int64, _ predicted: Int64, final: Int64, ticket: Int64) {
    inFlight -= 1
    change(reserved, predicted, to: final, final, ticket: ticket)
  }

  /// Replaces what a request holds.
  mutating func change(_ reserved: Int64, _ predicted: Int64, to held: Int64, _ foreseen: Int64, ticket: Int64) {
    bound = max(0, bound - Int128(reserved - held) * period)
    if held > reserved { level -= Int128(held - reserved) * period } else { rise(Int128(reserved - held) * period) }
    if foreseen > predicted {
      pace -= Int128(foreseen - predicted) * period
      paceMost -= Int128(foreseen - predicted) * period
    } else {
      pace = max(pace, min(pace + Int128(predicted - foreseen) * period, paceCapacity))
      paceMost = max(paceMost, min(paceMost + Int128(predicted - foreseen) * period, paceMostCapacity))
    }
    surprises += Double(max(0, held - reserved))
    paceSurprises += Double(max(0, foreseen - predicted))
    window.change(ticket, by: held - reserved)
    wideWindow.change(ticket, by: held - reserved)
  }

  /// The limiter has learnt another scale. Levels stay as they are, up to the new capacities.
  mutating func set(scale: Double) {
    guard scale != self.scale else { return }
    self.scale = scale
    surprises += Double(max(0, level - capacity) / period)
    paceSurprises += Double(max(0, pace - paceCapacity) / period)
    level = min(level, capacity)
    pace = min(pace, paceCapacity)
    paceMost = min(paceMost, paceMostCapacity)
  }

  /// After a throttled request the limiter may have emptied its meter.
  mutating func followDown(toTokens tokens: Int64) {
    let lower = Int128(tokens >= 0 ? tokens + 1 : tokens) * period
    // What is shown as 0 may be anything between -1 and 1.
    doubt = tokens == 0 ? 2 * period : period
    guard lower < level else { return }
    surprises += Double((level - lower) / period)
    level = lower
  }

  /// What a smaller window has used of another limit is less than what a minute's has.
  mutating func followUp(toTokens tokens: Int64) {
    level = max(level, Int128(tokens + 1) * period)
    bound = min(bound, max(0, boundCapacity - Int128(tokens) * period))
  }

  /// Another limit. What has been used stays used.
  mutating func set(limit: Int64, scale: Double) {
    let missing = capacity - level
    surprises += Double(max(0, capacity / period))
    self.limit = limit
    self.scale = scale
    level = capacity - missing
    // The pacer may do as it likes for a moment.
    let most = max(paceCapacity, paceMostCapacity)
    paceSurprises += Double(max(0, (pace + 2 * most) / period))
    pace = min(pace, -2 * most)
    paceMost = most
  }

  /// Whole tokens. Negative: debt.
  var levelTokens: Int64 { Int64(clamping: level / period) }

  /// What is left for certain; the limiter rounds a millionth of a token here and there.
  private var certain: Int128 { level - doubt - period / 1_000 }
  var certainTokens: Int64 { Int64(clamping: certain / period) }

  /// Whether a request fits by this account.
  func fits(_ reserved: Int64, isForetold: Bool, _ predicted: Int64) -> Bool {
    guard measure != .concurrency else { return inFlight < limit }
    guard certain >= min(Int128(reserved) * period, capacity - period / 1_000) else { return false }
    return !isPerMinute || isForetold && pace - period / 1_000 >= Int128(predicted) * period
  }

  /// Nanoseconds until a request fits, if nothing else happens.
  func wait(_ reserved: Int64, _ predicted: Int64) -> Int64 {
    guard measure != .concurrency, rate > 0 else { return .max }
    let missing = min(Int128(reserved) * period, capacity) - certain
    let missingPace = isPerMinute ? Int128(predicted) * period - pace : 0
    return Int64(clamping: max(0, missing, missingPace) / Int128(rate))
  }
}
