/// The intervals in which a bucket was kept empty. Between them, the bucket may have been full again and lost some of its refill.
struct EmptyIntervals: Sendable {
  /// Times in nanoseconds. The end of the present interval is `Int64.max`.
  struct Interval: Sendable {
    var start: Int64
    var end = Int64.max
  }

  private var list: [Interval]
  /// Whether the probe has sent less than the refill, so that the next 429 begins a new interval.
  private var isRefilled = false

  init(from start: Int64) { list = [Interval(start: start)] }

  /// The bucket may have been full again.
  mutating func refill(at now: Int64) {
    if !isRefilled { list[list.count - 1].end = now }
    isRefilled = true
  }

  mutating func throttled(sentAt: Int64) {
    guard isRefilled else { return }
    isRefilled = false
    list.append(Interval(start: sentAt))
  }

  /// Ends the present interval, because no more trials are sent to keep the bucket empty.
  mutating func close(at now: Int64) { list[list.count - 1].end = min(list[list.count - 1].end, now) }

  /// The last interval, or the longest one while the last has too few answers; nil before any trial.
  func best(_ log: TrialLog) -> Interval? {
    guard let last = list.last, let ended = log.entries.last?.sentAt else { return nil }
    let inside = log.entries[..<log.resolved].reversed().prefix { $0.sentAt >= last.start }
    let isTelling =
      inside.count >= Tuning.Plateau.intervalTrials
      && inside.count(where: \.isThrottled) >= Tuning.Plateau.intervalThrottled
    if list.count == 1 || isTelling { return last }
    return list.max { min($0.end, ended) - $0.start < min($1.end, ended) - $1.start }
  }
}
