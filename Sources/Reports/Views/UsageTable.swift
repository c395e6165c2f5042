import AWSWire
import Bedquota
import BedrockQuotas

/// `usage` as rows.
enum UsageTable {
  /// The quotas of one report.
  static func peaks(_ report: UsageReport, _ time: LocalTime) -> Table {
    func row(_ name: String, _ peak: UsageReport.Peak) -> [Table.Cell] {
      let used = peak.utilization
      return [
        .init(name), .init(Figures.short(peak.value)), .init(peak.atSeconds.map(time.minute) ?? ""),
        .init(Figures.short(peak.p50)),
        .init(Figures.short(peak.p90)), .init(Figures.short(peak.p99)), .init(Figures.grouped(peak.quota)),
        .init(
          used.map { Figures.percent($0) } ?? (peak.quota == 0 ? "quota is 0" : "unknown"),
          used.map(Style.init(utilization:))),
        .init(peak.minutesAbove80.map { "\(Figures.short($0)) min" } ?? ""), .init(peak.code ?? "", .dim),
      ]
    }
    let upper = report.reservationPeakUpper
    let reservations = [
      report.reservationPeak.map { row("reserved", $0) },
      upper.map { row("or, × \(report.resolution.outputBurndown ?? 1)", $0) },
    ]
    return Table(
      columns: [
        .text("MEASURE"), .number("PEAK"), .text("AT"), .number("P50"), .number("P90"), .number("P99"), .number("QUOTA"),
        .number("USED"), .number("ABOVE 80 %"), .text("CODE"),
      ],
      rows: report.peaks.map { row($0.measure.rawValue, $0) } + reservations.compactMap { $0 })
  }

  /// A row for each report, for people.
  static func summary(_ reports: [UsageReport]) -> Table {
    Table(
      columns: places(reports).columns + [
        .text("id"), .number("accepted"), .number("throttled"), .number("throttle rate"), .number("input tokens"),
        .number("output tokens"), .number("quota tokens"), .number("peak rpm"), .number("rpm used"), .number("peak tpm"),
        .number("tpm used"), .number("reserved of tpm"), .text("throttled by"), .text("status"),
      ],
      rows: reports.map { report in
        let totals = report.totals
        let counts = [totals?.invocations, totals?.throttles].map { Figures.grouped($0) }
        let tokens = [totals?.inputTokens, totals?.outputTokens, totals?.countedQuotaTokens].map { Figures.grouped($0) }
        let peaks = [report.peak(.rpm), report.peak(.tpm)].flatMap { peak in
          [Figures.short(peak?.value), Figures.percent(peak?.utilization)]
        }
        let head = places(reports).cells(report) + [report.id] + counts + [Figures.percent(totals?.throttleRate)]
        let reserved = [report.reservationPeak, report.reservationPeakUpper].compactMap { $0?.utilization }
        let shares = reserved.isEmpty ? Figures.percent(nil) : reserved.map { Figures.percent($0) }.joined(separator: " to ")
        let tail = [shares, report.binding?.name ?? "", report.status.rawValue]
        return (head + tokens + peaks + tail).map { .init($0) }
      })
  }

  /// A row for each report with every figure in full.
  static func sheet(_ reports: [UsageReport]) -> Table {
    let measures: [QuotaMeasure] = [.rpm, .tpm, .tpd]
    let perMeasure = ["Code", "Quota", "Peak", "PeakAt", "Utilization", "P50", "P90", "P99", "MinutesAbove80"]
    let head = [
      "id", "modelId", "scope", "start", "end", "periodSeconds", "dataUntil", "invocations", "throttles", "demand",
      "throttleRate", "clientErrors", "serverErrors", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens",
      "quotaTokens", "estimatedQuotaTokens", "throttledBy",
    ]
    let reserved = [
      "reservedPeak", "reservedPeakAt", "reservedUtilization", "reservedPeakUpper", "reservedUtilizationUpper", "status",
    ]
    let names =
      places(reports).names + head + measures.flatMap { measure in perMeasure.map { "\(measure.rawValue)\($0)" } } + reserved
    return Table(
      columns: names.map { .text($0) },
      rows: reports.map { report in
        let peak = report.reservationPeak
        let upper = report.reservationPeakUpper
        let tail = [
          Figures.plain(peak?.value), peak?.atSeconds.map(AWSDate.iso8601) ?? "", Figures.plain(peak?.utilization),
          Figures.plain(upper?.value), Figures.plain(upper?.utilization), report.status.rawValue,
        ]
        return (places(reports).cells(report) + cells(report) + measures.flatMap { cells(report.peak($0)) } + tail).map {
          .init($0)
        }
      })
  }

  private static func places(_ reports: [UsageReport]) -> PlaceColumns { PlaceColumns(reports.map(\.place)) }

  private static func cells(_ report: UsageReport) -> [String] {
    let totals = report.totals
    let what = [report.id, report.resolution.modelID?.description ?? "", report.resolution.scope.rawValue]
    let time = [
      AWSDate.iso8601(report.window.startSeconds), AWSDate.iso8601(report.window.endSeconds), "\(report.window.periodSeconds)",
      report.dataUntilSeconds.map(AWSDate.iso8601) ?? "",
    ]
    let figures = [
      totals?.invocations, totals?.throttles, totals?.demand, totals?.throttleRate, totals?.clientErrors, totals?.serverErrors,
      totals?.inputTokens, totals?.outputTokens, totals?.cacheReadTokens, totals?.cacheWriteTokens, totals?.quotaTokens,
      totals?.estimatedQuotaTokens,
    ]
    return what + time + figures.map { Figures.plain($0) } + [report.binding?.name ?? ""]
  }

  private static func cells(_ peak: UsageReport.Peak?) -> [String] {
    let use = [
      peak?.code ?? "", Figures.plain(peak?.quota), Figures.plain(peak?.value), peak?.atSeconds.map(AWSDate.iso8601) ?? "",
    ]
    return use + [peak?.utilization, peak?.p50, peak?.p90, peak?.p99, peak?.minutesAbove80].map { Figures.plain($0) }
  }
}
