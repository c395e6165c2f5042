import ArgumentParser
import Bedquota

/// From which percentages of throttled requests on `check` warns and is critical: `1,10`, or `10` for critical alone.
struct ThrottleThresholds: ExpressibleByArgument, Equatable {
  var warning: Double
  var critical: Double

  static let standard = Self(warning: QuotaCheck.throttledHigh * 100, critical: QuotaCheck.throttledFull * 100)

  private init(warning: Double, critical: Double) { (self.warning, self.critical) = (warning, critical) }

  init?(argument: String) {
    let values = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...2).contains(values.count), let first = values[0], let last = values[values.count - 1],
      first.isFinite, last.isFinite, first > 0, first <= last, last <= 10_000
    else { return nil }
    self.init(warning: first, critical: last)
  }
}
