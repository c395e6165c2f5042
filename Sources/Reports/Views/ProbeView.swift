package import QuotaProbe

/// `probe`: the steps of a finished probe, and advice.
package struct ProbeView {
  package var report: ProbeReport

  package init(_ report: ProbeReport) { self.report = report }

  /// The report as it is saved in a file, whichever format is printed.
  package func json() throws -> String { try JSONOutput.encode(report) }

  /// - Parameter width: the columns of the terminal; nil for a file or a pipe.
  package func text(usesColor: Bool, width: Int? = nil) -> String {
    let table = report.factor.map(trials) ?? steps
    let lines: [TerminalPart] = ["\(report.id)"] + table.lines(indent: "  ") + report.advice.map { "  \($0)" }
    return lines.text(usesColor: usesColor, width: width)
  }

  /// The trials that show the factor of max_tokens.
  private func trials(_ factor: ProbeFactor) -> Table {
    Table(
      columns: [.text("STEP"), .number("MAX_TOKENS"), .number("PROMPT"), .number("SENT"), .number("PASSED")],
      rows: factor.trials.map { trial in
        [
          trial.kind.rawValue, Figures.grouped(trial.maxTokens), Figures.grouped(trial.inputTokens),
          Figures.grouped(trial.together),
          Figures.grouped(trial.accepted),
        ].map { .init($0) }
      })
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
