import AWSWire
import Bedquota
import BedrockQuotas

/// `usage` as rows.
enum UsageTable {
  /// The quotas of one report, for people.
  static func peaks(_ report: UsageReport, _ time: LocalTime) -> Table {
    var table = Table(columns: [
      .init("MEASURE"), .init("PEAK", isNumber: true), .init("AT"), .init("P50", isNumber: true), .init("P90", isNumber: true),
      .init("P99", isNumber: true), .init("QUOTA", isNumber: true), .init("USED", isNumber: true),
      .init("ABOVE 80 %", isNumber: true), .init("CODE"),
    ])
    func row(_ name: String, _ peak: UsageReport.Peak) -> [Table.Cell] {
      let used = peak.utilization
      let color = used.map { $0 >= UtilizationLevel.full ? 31 : $0 >= UtilizationLevel.high ? 33 : 32 }
      return [
        .init(name), .init(Figures.short(peak.value)), .init(peak.atSeconds.map(time.minute) ?? ""),
        .init(Figures.short(peak.p50)),
        .init(Figures.short(peak.p90)), .init(Figures.short(peak.p99)), .init(Figures.grouped(peak.quota)),
        .init(used.map { Figures.percent($0) } ?? (peak.quota == 0 ? "quota is 0" : "unknown"), color: color),
        .init(peak.minutesAbove80.map { "\(Figures.short($0)) min" } ?? ""), .init(peak.code ?? "", color: 2),
      ]
    }
    table.rows = report.peaks.map { row($0.measure.rawValue, $0) }
    if let peak = report.reservationPeak { table.rows.append(row("reserved", peak)) }
    return table
  }

  /// A row for each report, for people.
  static func summary(_ reports: [UsageReport]) -> Table {
    var table = Table(columns: [
      .init("id"), .init("requests", isNumber: true), .init("throttled", isNumber: true), .init("throttle rate", isNumber: true),
      .init("input tokens", isNumber: true), .init("output tokens", isNumber: true), .init("quota tokens", isNumber: true),
      .init("peak rpm", isNumber: true), .init("rpm used", isNumber: true), .init("peak tpm", isNumber: true),
      .init("tpm used", isNumber: true), .init("reserved of tpm", isNumber: true), .init("throttled by"),
    ])
    table.rows = reports.map { report in
      let totals = report.totals
      let (rpm, tpm) = (report.peak(.rpm), report.peak(.tpm))
      let cells = [
        report.id, Figures.grouped(totals?.invocations), Figures.grouped(totals?.throttles),
        Figures.percent(totals?.throttleRate),
        Figures.grouped(totals?.inputTokens), Figures.grouped(totals?.outputTokens), Figures.grouped(totals?.quotaTokens),
        Figures.short(rpm?.value), Figures.percent(rpm?.utilization), Figures.short(tpm?.value),
        Figures.percent(tpm?.utilization),
        Figures.percent(report.reservationPeak?.utilization),
        report.binding?.name ?? "",
      ]
      return cells.map { Table.Cell($0) }
    }
    return table
  }

  /// A row for each report with every figure as it is, for spreadsheets.
  static func flat(_ reports: [UsageReport]) -> Table {
    let measures: [QuotaMeasure] = [.rpm, .tpm, .tpd]
    let perMeasure = ["Code", "Quota", "Peak", "PeakAt", "Utilization", "P50", "P90", "P99", "MinutesAbove80"]
    let head = [
      "id", "modelId", "scope", "start", "end", "periodSeconds", "dataUntil", "invocations", "throttles", "demand",
      "throttleRate",
      "clientErrors", "serverErrors", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "quotaTokens",
      "estimatedQuotaTokens", "throttledBy",
    ]
    let reserved = ["reservedPeak", "reservedPeakAt", "reservedUtilization"]
    let names = head + measures.flatMap { measure in perMeasure.map { "\(measure.rawValue)\($0)" } } + reserved
    var table = Table(columns: names.map { .init($0) })
    table.rows = reports.map { report in
      let totals = report.totals
      let plain = Figures.plain
      var row = [
        report.id, report.resolution.modelID?.description ?? "", report.resolution.scope.rawValue,
        AWSDate.iso8601(report.window.startSeconds), AWSDate.iso8601(report.window.endSeconds), "\(report.window.periodSeconds)",
        report.dataUntilSeconds.map(AWSDate.iso8601) ?? "", plain(totals?.invocations), plain(totals?.throttles),
        plain(totals?.demand),
        plain(totals?.throttleRate), plain(totals?.clientErrors), plain(totals?.serverErrors), plain(totals?.inputTokens),
        plain(totals?.outputTokens), plain(totals?.cacheReadTokens), plain(totals?.cacheWriteTokens), plain(totals?.quotaTokens),
        plain(totals?.estimatedQuotaTokens), report.binding?.name ?? "",
      ]
      for measure in measures {
        let peak = report.peak(measure)
        row += [
          peak?.code ?? "", plain(peak?.quota), plain(peak?.value), peak?.atSeconds.map(AWSDate.iso8601) ?? "",
          plain(peak?.utilization),
          plain(peak?.p50), plain(peak?.p90), plain(peak?.p99), plain(peak?.minutesAbove80),
        ]
      }
      let peak = report.reservationPeak
      row += [plain(peak?.value), peak?.atSeconds.map(AWSDate.iso8601) ?? "", plain(peak?.utilization)]
      return row.map { Table.Cell($0) }
    }
    return table
  }
}
