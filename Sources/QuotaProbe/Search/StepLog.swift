/// The steps of a search: trials of one kind and one rate, for the report.
struct StepLog: Sendable {
  private(set) var steps: [ProbeStep] = []

  /// - Returns: the index of the step that a trial belongs to, which is new if the kind or the rate differs.
  mutating func place(_ departure: Departure, at now: Int64) -> Int {
    let rate = 60e9 / Double(max(departure.spacing, 1))
    if let last = steps.last, last.kind == departure.kind {
      let hasNewRate =
        abs(last.targetRate / rate - 1) > Tuning.stepRateChange && now - last.startedAt > Tuning.stepMin
      guard departure.startsStep ?? hasNewRate else { return steps.count - 1 }
    }
    steps.append(ProbeStep(kind: departure.kind, startedAt: now, endedAt: now, targetRate: rate))
    return steps.count - 1
  }

  mutating func sent(_ step: Int, due: Int64, at now: Int64) { steps[step].sent(due: due, at: now) }

  mutating func count(_ outcome: ProbeOutcome, of entry: TrialLog.Entry) {
    steps[entry.step].count(outcome, final: entry.final)
  }
}
