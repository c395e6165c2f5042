extension UsageReport {
  /// The worst verdict that ``QuotaCheck`` gives with its own thresholds; unknown only if nothing is judged worse.
  public var status: QuotaCheck.Status { QuotaCheck().verdicts(on: [self]).map(\.status).worst }
}

extension Sequence<QuotaCheck.Status> {
  /// The worst of the statuses, `ok` without one: critical, warning, unknown, ok. A threshold that is crossed outweighs what is
  /// not known, as in the plugins of the Nagios project.
  package var worst: QuotaCheck.Status {
    let all = Set(self)
    return [.critical, .warning, .unknown].first(where: all.contains) ?? .ok
  }
}
