import BedrockQuotas
import Foundation

/// How much of a model's quotas was in use in the last minutes before a client starts, by other clients or an earlier run.
struct RecentUse: Sendable, Equatable {
  /// The number of minutes to read. CloudWatch is some minutes late, so the last ones are often missing.
  static let minutes = 15
  /// The smallest share of a quota that is worth a note.
  private static let shareToldMin = 0.05
  /// The smallest share to begin with, because the use may have been our own or may be over.
  private static let startMin = 0.5

  /// The share of each quota per minute that was in use, on average over the minutes with data, from 0 to 1.
  var shares: [QuotaMeasure: Double] = [:]

  /// A sentence for people; nil if less than 5 % of each quota was in use.
  var note: String? {
    let worthTelling = shares.filter { $0.value >= Self.shareToldMin }.sorted { $0.key.rawValue < $1.key.rawValue }
    guard !worthTelling.isEmpty else { return nil }
    let parts = worthTelling.map { "\(Int(saturating: ($0.value * 100).rounded())) % of \($0.key.rawValue)" }
    return
      "About \(parts.joined(separator: " and ")) was in use over the last \(Self.minutes) minutes, so the client starts with the rest; it goes faster where there is more."
  }

  /// The share of a quota to begin with: what was free, and at least half of it.
  func start(_ measure: QuotaMeasure) -> Double { max(Self.startMin, 1 - (shares[measure] ?? 0)) }
}

extension BedquotaSession {
  /// Reads the recent use of an id. Needs the IAM actions of ``QuotaMonitor``.
  func recentUse(of id: InvokedID, context: QuotaContext, now: Date = Date()) async throws -> RecentUse {
    let window = try UsageWindow(hours: Double(RecentUse.minutes) / 60, periodSeconds: 60, now: now)
    let read = try await monitor.usage(of: [id], in: window, context: context, endpoint: .runtime)
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
