import Bedquota
import BedrockQuotas

/// A quota of a pool, and what CloudWatch shows of its use.
struct LiveQuota {
  var measure: QuotaMeasure
  var code: String?
  var name: String?
  /// nil: unknown.
  var limit: Double?
  /// Of the busiest of the last ``LiveStatus/recentMinutes``, or of the last 24 hours for tokens per day; nil: unknown.
  var used: Double?

  static func all(of report: UsageReport, tokensOfDay: Double?) -> [LiveQuota] {
    // The minute that runs is not over.
    let end = report.window.nowSeconds / 60 * 60
    let recent = report.narrowed(from: end - LiveStatus.recentMinutes * 60, to: end)
    return report.peaks.map { peak in
      let quotas = report.resolution.quotas(peak.measure)
      let quota = quotas.first { $0.code == peak.code } ?? quotas.first
      var used: Double?
      switch peak.measure {
      case .tpd: used = quota?.name.scope == .other ? nil : tokensOfDay
      case .concurrent: used = nil
      default:
        used = recent?.peaks.first { $0.measure == peak.measure && $0.code == peak.code }?.value
        // Without any data, nothing was used.
        if used == nil, recent?.totals == nil { used = 0 }
      }
      return LiveQuota(measure: peak.measure, code: peak.code, name: quota?.name.text, limit: peak.quota, used: used)
    }
  }
}
