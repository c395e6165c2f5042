import BedrockQuotas
package import Foundation
package import QuotaProbe

/// The texts that `probe` prints before and while it sends.
package enum ProbeText {
  /// The bound of what the probe sends and costs, and warnings, in lines.
  package static func plan(_ plan: ProbePlan) -> [String] {
    var lines = ["Probe of \(plan.id), mode \(plan.mode.rawValue)"]
    if let measure = plan.measure, let value = plan.appliedValue {
      let code = plan.code.map { " (\($0))" } ?? ""
      lines.append("  expected to bind  \(measure.words), \(Figures.grouped(value))\(code)")
    }
    lines.append("  never more than   \(amount(plan.most))")
    return lines + plan.warnings.map { "  \($0)" }
  }

  private static func amount(_ amount: ProbePlan.Amount) -> String {
    let seconds = Figures.short(amount.seconds.rounded())
    return
      "\(Figures.grouped(amount.requests)) requests, \(Figures.grouped(Int(amount.tokens))) quota tokens, \(seconds) s"
  }

  /// `plateau: 210 a minute, 812 sent, 3 in flight, 4.31 % throttled`
  package static func progress(_ progress: ProbeProgress) -> String {
    var parts = ["\(progress.step.map(\.rawValue) ?? "start"): \(Figures.short(progress.targetRate)) a minute"]
    parts.append("\(Figures.grouped(progress.sent)) sent, \(progress.inFlight) in flight")
    if let rate = progress.throttleRate { parts.append("\(Figures.percent(rate)) throttled") }
    if let low = progress.low, let high = progress.high, let measure = progress.measure {
      parts.append("\(measure.rawValue) between \(Figures.short(low)) and \(Figures.short(high))")
    }
    return parts.joined(separator: ", ")
  }

  /// `us.amazon.nova-pro-v1_0_quota_probe_20261124T231500Z.json`: where the report goes by default.
  package static func fileName(_ id: String, at date: Date) -> String {
    let name = String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "_" }.suffix(100))
    let time = date.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
    return "\(name)_quota_probe_\(time).json"
  }
}
