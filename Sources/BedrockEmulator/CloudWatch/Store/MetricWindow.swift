/// Which time is asked for, cut into periods; seconds since 1970.
struct MetricWindow: Hashable, Sendable {
  /// A minute at least, and no more than the memory holds: what bounds the work of a request.
  let start: Int
  let end: Int
  let period: Int

  var binCount: Int { end > start ? (end - start + period - 1) / period : 0 }

  /// The periods from the one that holds `start`, by CloudWatch's clock; those that no data can be of are left out.
  ///
  /// CloudWatch keeps seconds for 3 hours, minutes for 15 days, 5 minutes for 63 days and hours for 455 days: where `start` is
  /// older than what a period is kept for, the answer is empty.
  init(start: Int, end: Int, period: Int, now: Int, earliest: Int) {
    self.period = max(1, period)
    let age = now - start
    let step = age > 63 * 86_400 ? 3_600 : age > 15 * 86_400 ? 300 : age > 3 * 3_600 ? 60 : 1
    let from = UnixTime.floor(max(start, earliest, 0), self.period)
    self.start = from
    // Custom data may be two hours ahead.
    self.end = self.period % step == 0 ? max(from, min(end, now + 7_260)) : from
  }

  /// The last `count` periods before the minute that has begun.
  init(last count: Int, period: Int, now: Int) {
    self.period = max(1, period)
    end = UnixTime.floor(now, 60)
    start = end - max(0, count) * self.period
  }
}
