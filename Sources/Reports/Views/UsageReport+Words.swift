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
