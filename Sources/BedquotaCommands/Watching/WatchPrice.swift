import Bedquota
import Reports

/// What reading CloudWatch again and again costs.
struct WatchPrice {
  private static let monthSeconds = 30.0 * 86_400

  var state: UsageWatch.State
  var interval: Duration

  /// nil before each place was read as it will be read again, or failed, and if all failed.
  var sentence: String? {
    guard state.places.allSatisfy({ $0.requested != nil || $0.problem != nil }) else { return nil }
    let read = state.places.filter { $0.requested != nil }
    guard !read.isEmpty else { return nil }
    func sum(_ value: (MetricDataCount.Counts) -> Double) -> Double {
      read.reduce(0) { $0 + ($1.requested.map(value) ?? 0) }
    }
    let (calls, metrics) = (Int(sum { Double($0.calls) }), Int(sum { Double($0.metrics) }))
    let models = read.reduce(0) { $0 + $1.reports.count }
    let price = sum(\.price) * Self.monthSeconds / (interval / .seconds(1))
    let cents = Int((price * 100).rounded(.up))
    let dollars = "\(Figures.grouped(cents / 100)).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    let place = read.count == 1 ? read[0].place.words : "\(read.count) accounts and Regions"
    return """
      Reads \(models) \(models == 1 ? "id" : "ids") in \(place) every \(Figures.short(interval / .seconds(1))) s: \
      \(Figures.grouped(calls)) \(calls == 1 ? "call" : "calls") of GetMetricData with \(Figures.grouped(metrics)) metrics, \
      about \(dollars) US dollars a month at AWS's 0.01 for 1,000 metrics
      """
  }
}
