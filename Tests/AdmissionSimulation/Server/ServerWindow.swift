/// The window in which a server enforces a quota, or a shard of it.
struct ServerWindow: Sendable {
  private let semantics: Semantics
  private let shards: Int64
  private let period: Int64
  /// Nanoseconds by which the server's minutes are ahead of ours.
  private let phase: Int64
  private var quota: Int64
  private var bucket: DeficitBucket
  private var log = RollingLog(length: 60_000_000_000)
  private var minute: Int64 = 0
  private var minuteSum: Int64 = 0
  private let shape: Semantics.Shape

  init(quota: Int64, semantics: Semantics, phase: Int64) {
    self.init(quota: quota, semantics: semantics, shape: semantics.shape, period: 60_000_000_000, phase: phase)
  }

  /// A daily quota: a bucket of one day, whatever the semantics of a minute.
  static func day(quota: Int64) -> ServerWindow {
    ServerWindow(quota: quota, semantics: .bucket60, shape: .bucket(seconds: 86_400), period: 86_400_000_000_000, phase: 0)
  }

  private init(quota: Int64, semantics: Semantics, shape: Semantics.Shape, period: Int64, phase: Int64) {
    self.semantics = semantics
    self.quota = quota
    self.period = period
    self.phase = phase
    self.shape = shape
    shards = Int64(semantics.shards)
    let seconds: Int64 = if case .bucket(let seconds) = shape { seconds } else { 0 }
    bucket = DeficitBucket(quota: quota, seconds: seconds, period: period, shards: semantics.shards, at: semantics.ripened(by: 0))
  }

  private mutating func move(to time: Int64) {
    switch shape {
    case .bucket: bucket.refill(to: semantics.ripened(by: time))
    case .rolling: log.forget(before: time)
    case .fixed:
      let current = (time + phase) / period
      if current != minute { (minute, minuteSum) = (current, 0) }
    }
  }

  /// Whether a request of this amount would be accepted.
  mutating func has(_ tokens: Int64, at time: Int64) -> Bool {
    move(to: time)
    switch shape {
    case .bucket: return semantics.isLate ? bucket.hasAnything : bucket.has(tokens)
    case .rolling: return (log.sum + tokens) * shards <= quota
    case .fixed: return (minuteSum + tokens) * shards <= quota
    }
  }

  /// Debits a request as it starts.
  /// - Returns: a ticket for its settlement.
  mutating func start(_ tokens: Int64, at time: Int64) -> Int64 { semantics.isLate ? -1 : take(tokens, at: time) }

  /// Takes an amount for good, into debt if need be.
  mutating func take(_ tokens: Int64, at time: Int64) -> Int64 {
    move(to: time)
    switch shape {
    case .bucket:
      bucket.take(tokens)
      return -1
    case .rolling: return log.take(tokens, at: time)
    case .fixed:
      minuteSum += tokens
      return minute
    }
  }

  /// Replaces what a request took at its start by what it cost.
  mutating func settle(_ ticket: Int64, started: Int64, final: Int64, at time: Int64) {
    move(to: time)
    switch shape {
    case .bucket where semantics.isLate: bucket.take(final)
    case .bucket: final > started ? bucket.take(final - started) : bucket.giveBack(started - final)
    case .rolling: log.change(ticket, by: final - started)
    case .fixed: if ticket == minute { minuteSum += final - started }
    }
  }

  mutating func setQuota(_ quota: Int64, at time: Int64) {
    move(to: time)
    self.quota = quota
    bucket.setQuota(quota, at: semantics.ripened(by: time))
  }

  /// Tokens or requests that are free. Negative: debt.
  mutating func room(at time: Int64) -> Double {
    move(to: time)
    switch shape {
    case .bucket: return bucket.room
    case .rolling: return Double(quota) / Double(shards) - Double(log.sum)
    case .fixed: return Double(quota) / Double(shards) - Double(minuteSum)
    }
  }
}
