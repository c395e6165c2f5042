package import QuotaProbe

/// `probe`: the steps of a finished probe, and advice.
package struct ProbeView {
  package var report: ProbeReport

  package init(_ report: ProbeReport) { self.report = report }

  /// The report as it is saved in a file, whichever format is printed.
  package func json() throws -> String { try JSONOutput.encode(report) }

  /// - Parameter width: the columns of the terminal; nil for a file or a pipe.
  package func text(usesColor: Bool, width: Int? = nil) -> String {
    let lines: [TerminalPart] = ["\(report.id)"] + steps.lines(indent: "  ") + report.advice.map { "  \($0)" }
    return lines.text(usesColor: usesColor, width: width)
  }

  private var steps: Table {
    Table(
      columns: [
        .text("STEP"), .number("SECONDS"), .number("TARGET/MIN"), .number("SENT"), .number("ACCEPTED"), .number("THROTTLED"),
        .number("P50 MS"), .number("P99 MS"), .number("MAX SEND DELAY MS"),
      ],
      rows: report.steps.enumerated().map { index, step in
        let latency = report.latencies[index]
        return [
          step.kind.rawValue, Figures.short(Double(step.endedAt - step.startedAt) / 1e9), Figures.short(step.targetRate),
          Figures.grouped(step.attempted), Figures.grouped(step.succeeded), Figures.percent(step.throttleRate),
          Figures.short(latency?.p50), Figures.short(latency?.p99), Figures.short(Double(step.latenessMax) / 1e6),
        ].map { .init($0) }
      })
  }
}
