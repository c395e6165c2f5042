import BedrockQuotas

/// Sentences that compare the findings of a probe with the applied quotas and say what to do.
struct ProbeAdvice {
  let search: ProbeSearch
  let resolution: Resolution
  /// How the sentences name parameters.
  let spelling: ParameterSpelling

  init(_ search: ProbeSearch, _ resolution: Resolution, spelling: ParameterSpelling) {
    self.search = search
    self.resolution = resolution
    self.spelling = spelling
  }

  var lines: [String] {
    var lines = [ending].compactMap { $0 }
    if let finding = search.finding, search.options.mode == .search {
      lines.append(found(finding))
      lines.append(contentsOf: [comparison(finding), burst(finding), window(finding)].compactMap { $0 })
    }
    if let concurrency = search.concurrency, search.stop != .inFlightMax {
      lines.append(contentsOf: concurrent(concurrency))
    }
    if let factor = search.factor { lines.append(contentsOf: reservation(factor)) }
    if search.log.errors > 0, search.stop != .onlyCapacity, !(search.stop?.isFailure ?? false) {
      lines.append(
        "\(whole(search.log.errors)) requests failed for reasons other than a quota; they don't count as throttled.")
    }
    return lines
  }

  // MARK: Concurrency

  private func concurrent(_ found: ProbeConcurrency) -> [String] {
    guard let high = found.high else {
      return ["\(whole(found.low)) requests ran concurrently; the limit is not known yet."]
    }
    let count = "\(found.low == high ? "\(high)" : "\(found.low) to \(high)") requests may run concurrently."
    guard let bound = resolution.quota(.concurrent), let applied = bound.value else { return [count] }
    let quota = "the applied quota of \(whole(applied)) (\(bound.code))"
    let isAsApplied = Double(found.low) <= applied && applied <= Double(high)
    return [
      count,
      isAsApplied
        ? "That is \(quota)."
        : "\(quota.capitalizedFirst) differs: other clients of the account may use a part, or AWS enforces a value other than the applied one.",
    ]
  }

  // MARK: Rate

  private func found(_ finding: ProbeFinding) -> String {
    let rate = finding.ratePerMinute
    let name = finding.measure.words.capitalizedFirst
    return finding.swings
      ? "\(name) bind, and the rate swings between about \(whole(rate.low)) and \(whole(rate.high))."
      : "\(name) bind: \(whole(rate.estimate)) sustained, with 95 % confidence between \(whole(rate.low)) and \(whole(rate.high))."
  }

  private func comparison(_ finding: ProbeFinding) -> String? {
    guard let bound = resolution.quota(finding.measure), let applied = bound.value, applied > 0 else { return nil }
    let share = finding.ratePerMinute.estimate / applied
    let quota = "the applied quota of \(whole(applied)) (\(bound.code))"
    if finding.swings { return "On average that is \(NumberText.finePercent(share)) of \(quota)." }
    if finding.ratePerMinute.low <= applied, applied <= finding.ratePerMinute.high || abs(share - 1) < 0.02 {
      return "That is \(quota)."
    }
    if share > 1 { return "That is \(NumberText.finePercent(share)) of \(quota): more than promised, so don't rely on it." }
    return
      "That is \(NumberText.finePercent(share)) of \(quota): other clients of the account use the rest, or AWS enforces less than the applied quota. `usage` shows what others use; if nobody does, open a case with AWS Support and attach this report."
  }

  private func burst(_ finding: ProbeFinding) -> String {
    guard let burst = finding.burst, finding.ratePerMinute.estimate > 0 else {
      return "The quota is counted by the minute, so spread requests evenly over it."
    }
    let seconds = burst / finding.ratePerMinute.estimate * 60
    let what = finding.measure == .rpm ? "requests" : "tokens"
    return "After a rest, \(whole(burst)) \(what) are accepted at once, \(whole(seconds)) s worth of the rate."
  }

  private func window(_ finding: ProbeFinding) -> String {
    let likelihood = finding.likelihoods[finding.semantics] ?? 0
    return search.options.byReservation
      ? "Reservations look like `\(finding.semantics)`. They filled the quota for a minute or less, so if its rate swings slowly, this is the present value."
      : "The answers look most like `\(finding.semantics)` (\(NumberText.finePercent(likelihood)))."
  }

  func whole(_ value: Double) -> String { NumberText.whole(value) }
  func whole(_ value: Int) -> String { NumberText.whole(Double(value)) }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
