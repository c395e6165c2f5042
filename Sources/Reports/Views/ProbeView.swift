package import QuotaProbe

/// `probe`: the steps of a finished probe, and advice.
package struct ProbeView {
  package var report: ProbeReport

  package init(_ report: ProbeReport) { self.report = report }

  /// The report as it is saved in a file, whichever format is printed.
  package func json() throws -> String { try JSONOutput.encode(report) }

  package func text(usesColor: Bool) -> String {
    let lines: [TerminalLine] = ["\(report.id)"] + steps.lines(indent: "  ") + report.advice.map { "  \($0)" }
    return lines.map { $0.text(usesColor: usesColor) }.joined(separator: "\n")
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
