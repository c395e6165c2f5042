/// A time range that is divided into periods, in seconds since 1970.
struct MetricWindow: Hashable, Sendable {
  /// The start is never before the oldest data, which bounds the work of a request.
  let start: Int
  let end: Int
  let period: Int

  var binCount: Int { end > start ? (end - start + period - 1) / period : 0 }

  /// The periods from `start` on, without those that can't have data. CloudWatch rounds `start` down to the minute, to 5 minutes or an
  /// hour by its age, and to shorter periods, but not to longer ones.
  ///
  /// CloudWatch keeps seconds for 3 hours, minutes for 15 days, 5 minutes for 63 days and hours for 455 days: if `start` is
  /// older than the retention of the period, the window is empty.
  init(start: Int, end: Int, period: Int, now: Int, earliest: Int) {
    self.period = max(1, period)
    let age = now - start
    let step = age > 63 * 86_400 ? 3_600 : age > 15 * 86_400 ? 300 : age > 3 * 3_600 ? 60 : 1
    // Source: github.com/boto/boto3/issues/3457, CloudWatch's API reference of GetMetricData ("StartTime"), and the example of
    // get-metric-statistics in the AWS CLI, whose hours begin at 18 minutes past.
    let from = UnixTime.floor(max(start, earliest, 0), min(self.period, max(step, 60)))
    self.start = from
    // Clients may publish data up to two hours ahead.
    self.end = self.period % step == 0 ? max(from, min(end, now + 7_260)) : from
  }

  /// The last `count` periods before the current minute.
  init(last count: Int, period: Int, now: Int) {
    self.period = max(1, period)
    end = UnixTime.floor(now, 60)
    start = end - max(0, count) * self.period
  }
}
