extension UsageReport {
  /// The report of a part of the window.
  /// - Parameters:
  ///   - start: Unix seconds.
  ///   - end: Unix seconds, exclusive.
  /// - Returns: nil if no period of the window lies in between.
  package func narrowed(from start: Int, to end: Int) -> UsageReport? {
    guard let part = window.narrowed(from: start, to: end) else { return nil }
    let pool = QuotaPool(id: id, resolution: resolution, series: series, endpoint: endpoint)
    var report = UsageCalculation(pool: pool, series: sums.narrowed(to: part)).report()
    report.place = place
    return report
  }
}
