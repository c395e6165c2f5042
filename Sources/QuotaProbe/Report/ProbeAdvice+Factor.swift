import BedrockQuotas

/// Sentences about the factor of max_tokens in a reservation.
extension ProbeAdvice {
  /// The finding and the trials that decided; empty if it isn't known.
  func reservation(_ found: ProbeFactor) -> [String] {
    guard let factor = found.factor else { return [] }
    let head =
      factor == 1
      ? "max_tokens count once in a reservation, as AWS's page says: a request reserves input + max_tokens."
      : "max_tokens count \(factor) times in a reservation, as output tokens do: a request reserves input + \(factor) × max_tokens."
    return [head, weighed(found) ?? passed(found), held(found)].compactMap(\.self)
  }

  /// What a longer prompt showed.
  private func weighed(_ found: ProbeFactor) -> String? {
    guard let trial = found.trials.first(where: { $0.kind == .input }), let passed = found.passedMaxTokens,
      let throttled = found.throttledMaxTokens
    else { return nil }
    let bounds =
      "With a short prompt, max_tokens of \(whole(passed)) passed and \(whole(throttled)) were throttled. With max_tokens of \(whole(trial.maxTokens)) and a prompt of about \(whole(trial.inputTokens)) tokens, a request"
    return found.factor == 1
      ? "\(bounds) was throttled; if max_tokens counted \(found.burndown) times, it would have passed. A minute later, all three went the same way."
      : "\(bounds) passed; if max_tokens counted once, it would have been throttled. A minute later, all three went the same way."
  }

  /// What passed, although it would have been too much with the burndown.
  private func passed(_ found: ProbeFactor) -> String? {
    guard let trial = found.trials.last, let quota = resolution.quota(.tpm), let applied = resolution.effectiveValue(.tpm) else {
      return nil
    }
    let what =
      trial.together == 1
      ? "A request with max_tokens of \(whole(trial.maxTokens)) passed"
      : "\(trial.together) requests in flight at once with max_tokens of \(whole(trial.maxTokens)) each passed"
    let reserved = Double(trial.together * trial.maxTokens) * Double(found.burndown)
    return
      "\(what)\(trial.together == 1 ? ", twice" : ""). Counted \(found.burndown) times, that is \(whole(reserved)) tokens, more than twice the quota of \(whole(applied)) (\(quota.code)). Nothing was throttled, so it isn't shown that max_tokens count at all."
  }

  private func held(_ found: ProbeFactor) -> String? {
    guard let factor = found.factor, let passed = found.passedMaxTokens, let throttled = found.throttledMaxTokens,
      let quota = resolution.quota(.tpm), let applied = resolution.effectiveValue(.tpm), applied > 0
    else { return nil }
    let range = "\(whole(factor * passed)) to \(whole(factor * throttled))"
    let share = Double(factor * (passed + throttled)) / 2 / applied
    let comparison =
      abs(share - 1) < 0.05
      ? "which agrees with the quota of \(whole(applied)) (\(quota.code))"
      : "\(NumberText.finePercent(share)) of the quota of \(whole(applied)) (\(quota.code)): others use a part, or AWS enforces another value or a window of seconds"
    return "A full quota holds \(range) tokens, \(comparison)."
  }

  /// Why the factor isn't known.
  var factorEnding: String {
    let burndown = search.options.burndown ?? 1
    let range = "Can't tell: max_tokens count between 1 and \(burndown) times in a reservation."
    switch search.stop {
    case .longAnswers:
      return
        "An answer kept \(whole(search.log.keptMax)) quota tokens, though one word was asked for: trials would cost about as much as their max_tokens. \(range)"
    case .notHeld:
      return
        "Requests passed that would have reserved more than twice the quota even if max_tokens counted once. Either max_tokens aren't reserved at all, or the quota isn't enforced as applied."
    default: return "\(range) \(obstacle)"
    }
  }

  private var obstacle: String {
    guard case .factor(let factor) = search.phase, let obstacle = factor.obstacle else {
      return "\(whole(search.log.entries.count)) requests were not enough, because some failed. Try again later."
    }
    let (most, quota) = (whole(factor.passed ?? 0), resolution.effectiveValue(.tpm).map(whole) ?? "unknown")
    switch obstacle {
    case .outOfReach(let together):
      let number = together.map { ": it takes \(whole($0)) in flight at once" } ?? ""
      return
        "The quota of \(quota) is so large beside the model's maximum output of \(most), which passed, that a few requests can't show it\(number)."
    case .unknownQuota:
      return "The maximum output of \(most) passed, and no quota of tokens per minute is known to compare it with."
    case .severalThrottled:
      return
        "max_tokens of \(most) passed alone, and not several times at once. Either they count \(search.options.burndown ?? 1) times, or the quota's window holds only a part of \(quota)."
    case .noOverlap: return "Answers ended so soon that the requests may not have been in flight at once."
    case .bracket:
      let bounds = factor.throttled.map { "between \(most) and \(whole($0))" } ?? "above \(most)"
      return
        "The most max_tokens that pass lie \(bounds). These bounds are too far apart or too small to decide with a prompt of sensible length."
    case .contradiction:
      return
        "The same request passed once and was throttled once, so other clients use the quota. Try again when nobody does; `usage` shows when that is."
    }
  }
}
