import BedrockQuotas
import Foundation

/// What was used of a model's quotas of late, before a client of ours has sent anything: by others, or by an earlier run of ours.
struct RecentUse: Sendable, Equatable {
  /// Minutes that are looked at. CloudWatch is some minutes late, so the last ones are often missing.
  static let minutes = 15

  /// Of each quota per minute: the share that was in use on average over the minutes that there are data of, from 0 to 1.
  var shares: [QuotaMeasure: Double] = [:]

  /// A sentence for people; nil where nothing much is used.
  var note: String? {
    let told = shares.filter { $0.value >= 0.05 }.sorted { $0.key.rawValue < $1.key.rawValue }
    guard !told.isEmpty else { return nil }
    let parts = told.map { "\(Int(($0.value * 100).rounded())) % of \($0.key.rawValue)" }
    return
      "About \(parts.joined(separator: " and ")) was in use over the last \(Self.minutes) minutes, so it begins with less than all; it finds more where there is more."
  }

  /// What to begin with of a quota, as a share: what was free, and half of it at least, for who used it may have been we, or be gone.
  func start(_ measure: QuotaMeasure) -> Double { max(0.5, 1 - (shares[measure] ?? 0)) }
}

extension BedquotaSession {
  /// Reads the recent use of an id. It takes the IAM actions of ``QuotaMonitor``.
  func recentUse(of id: InvokedID, context: QuotaContext, now: Date = Date()) async throws -> RecentUse {
    let window = try UsageWindow(hours: Double(RecentUse.minutes) / 60, periodSeconds: 60, now: now)
    let read = try await monitor.usage(of: [id], in: window, context: context)
    guard let report = read.reports.first, let seen = report.dataUntilSeconds, let totals = report.totals else {
      return RecentUse()
    }
    let minutes = Double(min(seen, window.endSeconds) - window.startSeconds) / 60
    guard minutes >= 1 else { return RecentUse() }
    var use = RecentUse()
    for peak in report.peaks {
      guard let quota = peak.quota, quota > 0 else { continue }
      let used: Double? =
        switch peak.measure {
        case .rpm: totals.invocations
        case .tpm: totals.quotaTokens
        default: nil
        }
      if let used { use.shares[peak.measure] = min(1, used / minutes / quota) }
    }
    return use
  }
}
