/// The verdicts of a check, and a failure if an id could not be judged.
package struct CheckResult: Sendable {
  package var verdicts: [QuotaCheck.Verdict]
  /// Why at least one id could not be judged; nil if all could.
  package var failure: BedquotaError?

  /// The answer of the check as a whole: a threshold that was crossed outweighs an id that could not be judged.
  package var status: QuotaCheck.Status {
    let judged = verdicts.map(\.status).filter { $0 != .unknown }.worst
    return judged == .ok && failure != nil ? .unknown : judged
  }
}

extension QuotaCheck {
  /// Judges the reports, and says which of them could not be judged.
  /// - Parameter areNamed: whether the caller asked for the ids of the reports. An id that could not be judged is a failure if
  ///   the caller asked for it or its data are incomplete; a model that was merely found and that no quota names is not.
  package func result(of reports: [UsageReport], areNamed: Bool) -> CheckResult {
    let verdicts = verdicts(on: reports)
    let lost = verdicts.filter { verdict in
      verdict.status == .unknown
        && (areNamed
          || reports.contains {
            $0.id == verdict.id && $0.endpoint == verdict.endpoint && $0.place == verdict.place && !$0.isComplete
          })
    }
    let failure = lost.first.map { first in
      let more = lost.count > 1 ? ", and \(lost.count - 1) more" : ""
      let place = first.place.map { "\($0.words): " } ?? ""
      return BedquotaError(.quotaUnknown, "\(place)\(first.id) can't be judged\(more): \(first.note ?? "")")
    }
    return CheckResult(verdicts: verdicts, failure: failure)
  }
}
