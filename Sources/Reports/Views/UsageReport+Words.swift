import Bedquota
import BedrockQuotas

extension UsageReport.Binding {
  /// `rpm`, or `not visible`.
  var name: String {
    switch self {
    case .quota(let measure): measure.rawValue
    case .invisible: "not visible"
    }
  }
}

extension UsageReport.Latency.Kind {
  /// As the first column of a table.
  var words: String { self == .request ? "request" : "first token (streams)" }
  /// As the beginning of a column's name.
  var columnName: String { self == .request ? "latency" : "timeToFirstToken" }
}

extension UsageReport {
  /// The percentiles of the pool's only series; nil if they were not read, or there are several series, whose percentiles can't be
  /// joined.
  func latency(_ kind: Latency.Kind) -> Latency? {
    let own = latencies.filter { $0.kind == kind }
    return own.count == 1 ? own[0] : nil
  }
}

extension Style {
  /// - Parameter utilization: 1 is the whole quota.
  init(utilization: Double) {
    self = utilization >= UtilizationLevel.full ? .failure : utilization >= UtilizationLevel.high ? .warning : .success
  }
}

extension Style {
  /// nil where there is nothing to say.
  init?(_ status: QuotaCheck.Status) {
    switch status {
    case .critical: self = .failure
    case .warning: self = .warning
    case .ok, .unknown: return nil
    }
  }
}
