import Bedquota
import BedrockQuotas
import Foundation
import QuotaProbe

/// `probe` in words.
enum ProbeRendering {
  /// A line for each thing to know.
  static func plan(_ plan: ProbePlan) -> [String] {
    var lines = ["Probe of \(plan.id), mode \(plan.mode.rawValue)"]
    if let measure = plan.measure, let value = plan.appliedValue {
      let code = plan.code.map { " (\($0))" } ?? ""
      lines.append("  expected to bind  \(measure.words), \(Figures.grouped(value))\(code)")
    }
    if let expected = plan.expected { lines.append("  expected to send  \(amount(expected))") }
    lines.append("  never more than   \(amount(plan.most))")
    return lines + plan.warnings.map { "  \($0)" }
  }

  private static func amount(_ amount: ProbePlan.Amount) -> String {
    "\(Figures.grouped(amount.requests)) requests, \(Figures.grouped(Int(amount.tokens))) quota tokens, \(Figures.short(amount.seconds.rounded())) s"
  }

  static func progress(_ progress: ProbeProgress) -> String {
    var parts = ["\(progress.step.map(\.rawValue) ?? "start"): \(Figures.short(progress.targetRate)) a minute"]
    parts.append("\(Figures.grouped(progress.sent)) sent, \(progress.inFlight) under way")
    if let rate = progress.throttleRate { parts.append("\(Figures.percent(rate)) throttled") }
    if let low = progress.low, let high = progress.high, let measure = progress.measure {
      parts.append("\(measure.rawValue) between \(Figures.short(low)) and \(Figures.short(high))")
    }
    return parts.joined(separator: ", ")
  }

  static func summary(_ report: ProbeReport) -> String {
    var table = Table(columns: [
      .init("STEP"), .init("SECONDS", isNumber: true), .init("TARGET/MIN", isNumber: true), .init("SENT", isNumber: true),
      .init("TAKEN", isNumber: true), .init("THROTTLED", isNumber: true), .init("P50 MS", isNumber: true),
      .init("P99 MS", isNumber: true), .init("LATEST MS", isNumber: true),
    ])
    for (index, step) in report.steps.enumerated() {
      let latency = report.latencies[index]
      table.rows.append(
        [
          step.kind.rawValue, Figures.short(Double(step.endedAt - step.startedAt) / 1e9), Figures.short(step.targetRate),
          Figures.grouped(step.attempted), Figures.grouped(step.succeeded), Figures.percent(step.throttleRate),
          Figures.short(latency?.p50), Figures.short(latency?.p99), Figures.short(Double(step.latenessMax) / 1e6),
        ].map { Table.Cell($0) })
    }
    return ([report.id, table.text(indent: "  ")] + report.advice.map { "  \($0)" }).joined(separator: "\n")
  }

  /// `us.amazon.nova-pro-v1_0_quota_probe_20261124T231500Z.json`
  static func fileName(_ id: String, at date: Date) -> String {
    let name = String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "_" }.suffix(100))
    let time = date.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
    return "\(name)_quota_probe_\(time).json"
  }
}
