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

  /// A row for each percentile that was read; nil if none was.
  static func latencies(_ report: UsageReport) -> Table? {
    guard !report.latencies.isEmpty else { return nil }
    let isOne = Set(report.latencies.map(\.id)).count == 1
    return Table(
      columns: [.text("LATENCY"), .number("P50"), .number("P90"), .number("P99")] + (isOne ? [] : [.text("MODELID")]),
      rows: report.latencies.map { latency in
        let figures = [latency.p50, latency.p90, latency.p99].map { Figures.milliseconds($0) }
        return ([latency.kind.words] + figures + (isOne ? [] : [latency.id])).map { .init($0) }
      })
  }

  /// A row for each project or tier; nil if none was read.
  static func shares(_ report: UsageReport) -> Table? {
    guard !report.shares.isEmpty else { return nil }
    let isMantle = report.endpoint == .mantle
    let columns: [Table.Column] = [
      .text(isMantle ? "OF IT, BY PROJECT" : "OF IT, BY SERVICE TIER"), .number(isMantle ? "COMPLETED" : "ACCEPTED"),
      .number("THROTTLED"), .number("CLIENT ERRORS"), .number("INPUT TOKENS"), .number("OUTPUT TOKENS"),
    ]
    func unknown(_ count: Double?) -> String { count.map { Figures.grouped($0) } ?? "unknown" }
    return Table(
      columns: columns,
      rows: report.shares.map { share in
        let counts = [share.invocations, share.throttles, share.clientErrors, share.inputTokens, share.outputTokens]
        return ([share.name] + counts.map(unknown)).map { .init($0) }
      })
  }

  /// A row for each report, for people.
  static func summary(_ reports: [UsageReport]) -> Table {
    Table(
      columns: places(reports).columns + [
        .text("id"), .text("endpoint"), .number("requests"), .number("accepted"), .number("throttled"),
        .number("throttle rate"), .number("input tokens"), .number("output tokens"), .number("quota tokens"), .number("peak rpm"),
        .number("rpm used"),
        .number("peak tpm"), .number("tpm used"), .number("peak input-tpm"), .number("input-tpm used"),
        .number("peak output-tpm"), .number("output-tpm used"), .number("reserved of tpm"), .text("throttled by"),
        .text("status"),
      ],
      rows: reports.map { report in
        let totals = report.totals
        let counts = [totals?.demand, totals?.invocations, totals?.throttles].map { Figures.grouped($0) }
        let tokens = [totals?.inputTokens, totals?.outputTokens, totals?.countedQuotaTokens].map { Figures.grouped($0) }
        let peaks = [QuotaMeasure.rpm, .tpm, .inputTPM, .outputTPM].map(report.peak).flatMap { peak in
          [Figures.short(peak?.value), Figures.percent(peak?.utilization)]
        }
        let head =
          places(reports).cells(report) + [report.id, report.endpoint.rawValue] + counts + [Figures.percent(totals?.throttleRate)]
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
      + ["endpoint"] + ["inputTpm", "outputTpm"].flatMap { measure in perMeasure.map { "\(measure)\($0)" } }
      + UsageReport.Latency.Kind.allCases.flatMap { kind in ["P50", "P90", "P99"].map { "\(kind.columnName)\($0)" } }
    return Table(
      columns: names.map { .text($0) },
      rows: reports.map { report in
        let peak = report.reservationPeak
        let upper = report.reservationPeakUpper
        let tail = [
          Figures.plain(peak?.value), peak?.atSeconds.map(AWSDate.iso8601) ?? "", Figures.plain(peak?.utilization),
          Figures.plain(upper?.value), Figures.plain(upper?.utilization), report.status.rawValue, report.endpoint.rawValue,
        ]
        let mantle = [QuotaMeasure.inputTPM, .outputTPM].flatMap { cells(report.peak($0)) }
        let latencies = UsageReport.Latency.Kind.allCases.flatMap { kind in
          let latency = report.latency(kind)
          return [latency?.p50, latency?.p90, latency?.p99].map { Figures.plain($0) }
        }
        let figures = cells(report) + measures.flatMap { cells(report.peak($0)) } + tail + mantle + latencies
        return (places(reports).cells(report) + figures).map { .init($0) }
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
