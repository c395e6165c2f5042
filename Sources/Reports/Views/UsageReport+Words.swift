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
