package import BedrockQuotas

/// Decides what to ask for, and whether AWS would take the request. Pure.
package struct IncreaseDesign {
  let resolution: Resolution
  let report: UsageReport
  /// The requests that AWS lists in the Region.
  let history: [IncreaseRecord]
  let region: String
  let facts: Facts

  package init(_ report: UsageReport, history: [IncreaseRecord], region: String, facts: Facts = .builtIn) {
    (resolution, self.report) = (report.resolution, report)
    (self.history, self.region, self.facts) = (history, region, facts)
  }

  /// Open requests per account, and per Region that an account must enable.
  ///
  /// Source: docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html.
  package static let openMax = 20
  package static let openMaxOfOptInRegion = 2
  /// The share of the new quota that the busiest minute should use.
  private static let utilization = UtilizationLevel.high

  /// - Parameter measure: nil: the quota that throttled, else the first of tokens per minute, requests per minute and tokens per day.
  /// - Throws: ``BedquotaError`` (`quota-unknown`) if no such quota of the id is known.
  package func plan(_ wish: IncreaseWish, measure: QuotaMeasure? = nil) throws -> IncreasePlan {
    let quota = try quota(measure)
    let evidence = IncreaseEvidence(report)
    let (desired, reasons) = desired(wish, quota, evidence)
    return IncreasePlan(
      id: report.id, region: region, quota: quota, desiredValue: desired, reasons: reasons,
      obstacles: obstacles(quota, desired), evidence: evidence, notes: notes(quota, evidence))
  }

  private func quota(_ measure: QuotaMeasure?) throws -> Quota {
    var measures = [QuotaMeasure.tpm, .rpm, .tpd, .concurrent]
    if case .quota(let binding)? = report.binding { measures.insert(binding, at: 0) }
    if let measure { measures = [measure] }
    if let quota = measures.lazy.compactMap({ resolution.quota($0) }).first { return quota }
    let what = measure.map { "quota of \($0.words)" } ?? "quota"
    throw BedquotaError(
      .quotaUnknown, "No \(what) of \(report.id) is known. \(resolution.note ?? "")".trimmingEnd,
      parameters: measure == nil ? [] : ["measure"])
  }

  // MARK: - The value

  private func desired(
    _ wish: IncreaseWish, _ quota: Quota, _ evidence: IncreaseEvidence?
  ) -> (value: Double?, reasons: [String]) {
    switch wish {
    case .value(let value): return (value, used(quota, evidence))
    case .factor(let factor):
      guard let current = quota.value else { return (nil, ["The account's value is not known, so it has no multiple."]) }
      guard current > 0 else { return (nil, [Self.ofNothing, "Every multiple of it is 0; name a value."]) }
      return (
        Self.rounded(current * factor),
        ["\(NumberText.significant(factor)) times the account's value of \(NumberText.value(current))."] + used(quota, evidence)
      )
    case .proposed: return proposal(quota, evidence)
    }
  }

  private func proposal(_ quota: Quota, _ evidence: IncreaseEvidence?) -> (Double?, [String]) {
    // Nothing was accepted, so the figures say nothing of the need.
    if quota.value == 0 {
      guard let standard = quota.defaultValue, standard > 0 else {
        return (nil, [Self.ofNothing, "AWS has no default above 0 either; name a value."])
      }
      return (standard, [Self.ofNothing, "AWS's default of \(NumberText.value(standard)) is asked for."])
    }
    var reasons = used(quota, evidence)
    guard let evidence, let peak = peak(quota.name.measure, evidence) else {
      return (nil, reasons + ["Without figures of its use nothing is proposed; name a value."])
    }
    var needed = peak
    if evidence.throttles > 0, let demand = demand(quota.name.measure, evidence), demand > peak {
      needed = demand
      reasons.append(
        "With the requests that were throttled, \(Self.busiest(quota)) asked for \(NumberText.whole(demand)); an SDK's retries count as requests, so this may be too high."
      )
    }
    // What AWS counts against, for each of the value that is asked for.
    let multiple = multiple(quota)
    let value = Self.rounded(needed / Self.utilization / multiple)
    guard let current = quota.value, value > current else {
      return (
        nil,
        reasons + [
          "That is below \(NumberText.percent(Self.utilization)) of the quota, so nothing speaks for an increase: AWS gives priority to accounts that use up what they have. A value that is named is asked for all the same."
        ]
      )
    }
    reasons.append(
      "At \(NumberText.whole(value)) \(Self.busiest(quota)) uses \(NumberText.percent(needed / value / multiple)) of the quota.")
    guard let standard = quota.defaultValue, value < standard else { return (value, reasons) }
    return (standard, reasons + ["AWS takes no value below its default of \(NumberText.value(standard)), so that is asked for."])
  }

  private static let ofNothing = "The account's value is 0, so every request is throttled."

  /// The time in which most was used, as it stands within a sentence.
  private static func busiest(_ quota: Quota) -> String {
    quota.name.measure == .tpd ? "the busiest 24 hours" : "the busiest minute"
  }

  /// 2 for a quota that is doubled for the id's scope, else 1.
  private func multiple(_ quota: Quota) -> Double {
    guard let value = quota.value, value > 0, let effective = quota.value(for: resolution.scope) else { return 1 }
    return effective / value
  }

  /// How much of the quota the busiest minute, or the busiest day, used.
  private func used(_ quota: Quota, _ evidence: IncreaseEvidence?) -> [String] {
    guard let evidence else { return ["CloudWatch shows no traffic of it in this time."] }
    guard let peak = peak(quota.name.measure, evidence) else {
      let isTooShort = quota.name.measure == .tpd && !evidence.isADay
      return [
        isTooShort
          ? "The figures are of less than 24 hours, which don't tell the use of a day."
          : "CloudWatch doesn't show how much of this quota was used."
      ]
    }
    let busiest = Self.busiest(quota)
    guard let value = quota.value(for: resolution.scope), value > 0 else {
      return ["T\(busiest.dropFirst()) used \(NumberText.whole(peak))."]
    }
    let doubled = multiple(quota) > 1 ? ", twice the account's value" : ""
    return [
      "T\(busiest.dropFirst()) used \(NumberText.whole(peak)) of \(NumberText.value(value))\(doubled) (\(NumberText.finePercent(peak / value)))."
    ]
  }

  private func peak(_ measure: QuotaMeasure, _ evidence: IncreaseEvidence) -> Double? {
    switch measure {
    case .tpm: evidence.tokensPerMinute?.peak
    case .rpm: evidence.requestsPerMinute?.peak
    case .tpd: evidence.tokensPerDay?.peak
    default: nil
    }
  }

  /// What the busiest minute would have used if nothing had been throttled.
  private func demand(_ measure: QuotaMeasure, _ evidence: IncreaseEvidence) -> Double? {
    switch measure {
    case .rpm: evidence.peakDemand
    case .tpm:
      // Throttles that another quota caused say nothing about this one.
      if case .quota(let other)? = evidence.binding, other != .tpm {
        nil
      } else {
        evidence.averageQuotaTokens.flatMap { tokens in evidence.peakDemand.map { $0 * tokens } }
      }
    default: nil
    }
  }

  /// Rounded up to two digits.
  package static func rounded(_ value: Double) -> Double {
    guard value.isFinite, value > 0 else { return 0 }
    var step = 1.0
    while step * 100 < value { step *= 10 }
    return (value / step).rounded(.up) * step
  }

  // MARK: - What stands against it

  private func obstacles(_ quota: Quota, _ desired: Double?) -> [IncreaseObstacle] {
    if quota.adjustable == false { return [.notAdjustable] }
    var found: [IncreaseObstacle] = []
    let open = history.filter(\.isOpen)
    if let record = open.first(where: { $0.quotaCode == quota.code }) {
      found.append(.open(record))
    } else if open.count >= Self.openMax {
      found.append(.tooManyOpen(count: open.count, limit: Self.openMax, isRegional: false))
    } else if facts.optInRegions.contains(region), open.count >= Self.openMaxOfOptInRegion {
      found.append(.tooManyOpen(count: open.count, limit: Self.openMaxOfOptInRegion, isRegional: true))
    }
    if let desired {
      if let value = quota.value, desired <= value {
        found.append(.notAboveApplied(value))
      } else if let standard = quota.defaultValue, desired < standard {
        found.append(.belowDefault(standard))
      }
      if desired > IncreaseObstacle.valueMax { found.append(.aboveMaximum) }
    }
    return found
  }

  private func notes(_ quota: Quota, _ evidence: IncreaseEvidence?) -> [String] {
    var notes: [String] = []
    if !report.isComplete { notes.append("CloudWatch returned only part of the data, so the figures are too low.") }
    if let note = evidence?.window.periodNote { notes.append(note) }
    if case .invisible? = evidence?.binding {
      notes.append(
        "In the minutes that throttled, no quota that CloudWatch shows was full. Often max_tokens reserves too much: lower it before you ask for more."
      )
    }
    if quota.adjustable == false, resolution.scope == .onDemand {
      notes.append(
        "Inference profiles of the model (us., eu., apac., global.) have quotas of their own, which often can be raised.")
    }
    if quota.name.measure == .tpm, quota.adjustable != false, resolution.scope == .crossRegion {
      // docs.aws.amazon.com/bedrock/latest/userguide/quotas-increase.html
      notes.append(
        "For this quota, AWS Support offers to raise the model's other quotas with it: requests per minute, and those of on-demand invocations."
      )
    }
    let open = history.count(where: \.isOpen)
    if open >= Self.openMaxOfOptInRegion, !facts.optInRegions.contains(region) {
      notes.append(
        "\(open) requests are open in this Region. AWS documents a limit of \(Self.openMaxOfOptInRegion) per Region in one place, per Region that must be enabled in another; those of other Regions count towards \(Self.openMax) too."
      )
    }
    return notes
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
