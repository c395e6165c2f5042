/// What a check found, and whether it could judge what it was asked about.
package struct CheckResult: Sendable {
  package var verdicts: [QuotaCheck.Verdict]
  /// Why at least one id could not be judged; nil where all could.
  package var failure: BedquotaError?
  /// Whether ``failure`` is about every verdict, so that there is no result at all.
  package var isFailure: Bool

  /// Whether a threshold was crossed.
  package var isAlarm: Bool { verdicts.contains { $0.status == .warning || $0.status == .critical } }
}

extension QuotaCheck {
  /// Judges the reports, and says which of them could not be judged.
  /// - Parameter areNamed: whether the reports are of ids that somebody asked for. A model that was merely found and that no
  ///   quota names may be passed over; one that was asked for, or whose data came in part, may not.
  package func result(of reports: [UsageReport], areNamed: Bool) -> CheckResult {
    let verdicts = verdicts(on: reports)
    let lost = verdicts.filter { verdict in
      verdict.status == .unknown && (areNamed || reports.contains { $0.id == verdict.id && !$0.isComplete })
    }
    let failure = lost.first.map { first in
      let more = lost.count > 1 ? ", and \(lost.count - 1) more" : ""
      return BedquotaError(.quotaUnknown, "\(first.id) can't be judged\(more): \(first.note ?? "")")
    }
    return CheckResult(verdicts: verdicts, failure: failure, isFailure: failure != nil && lost.count == verdicts.count)
  }
}
