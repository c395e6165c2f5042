package import Bedquota
import BedrockQuotas
import Foundation

/// `increase plan`: what to ask for, and why.
package struct IncreasePlanView: View {
  package var plan: IncreasePlan
  /// The command of the AWS CLI that sends the request; nil if it can't be sent.
  package var command: String?
  package var time: LocalTime

  package init(_ plan: IncreasePlan, command: String?, time: LocalTime = LocalTime()) {
    (self.plan, self.command, self.time) = (plan, command, time)
  }

  package func json() throws -> String { try JSONOutput.encode(IncreasePlanPayload(plan, command: command)) }
  package var sheet: Table { rows(Figures.plain) }
  package var document: Table { rows(Figures.grouped) }

  package var lines: [TerminalPart] {
    let quota = plan.quota
    var lines: [TerminalPart] = [
      "\(quota.name.text) (\(quota.code)), \(plan.region)",
      "  applied \(Figures.grouped(quota.appliedValue)) · default \(Figures.grouped(quota.defaultValue)) · \(adjustable)",
      .line(
        plan.desiredValue.map { "  asked for: \(Figures.grouped($0), .bold)" } ?? "  asked for: nothing"),
    ]
    lines += plan.reasons.map { "  \($0)" }
    if let evidence = plan.evidence {
      lines.append(
        "  Evidence: \(plan.id), \(time.stretch(evidence.window)), by \(Figures.period(evidence.window.periodSeconds))")
      lines.append(.table(rates(evidence, Figures.short), indent: "    "))
      lines.append("    \(averages(evidence))")
    }
    lines += plan.obstacles.map { .line("  \("Not possible:", .failure) \($0.message)") }
    lines += plan.notes.map { "  \($0)" }
    if let command { lines += ["  To send it without Bedquota:", .command("  \(command)")] }
    return lines
  }

  /// The text of a support case, in Markdown.
  package var supportCase: String {
    let quota = plan.quota
    let facts = Table(
      columns: [.text("What"), .text("Value")],
      rows: [
        ["Region", .init(plan.region)], ["Quota", .init("\(quota.name.text) (\(quota.code))")], ["Invoked as", .init(plan.id)],
        ["Value now", .init(Figures.grouped(quota.value))], ["AWS's default", .init(Figures.grouped(quota.defaultValue))],
        ["Value asked for", .init(plan.desiredValue.map { Figures.grouped($0) } ?? "(fill in)")],
      ])
    var text = """
      # Increase of an Amazon Bedrock quota

      \(facts.markdown())

      ## Reason

      \(plan.reasons.joined(separator: " "))

      """
    if let evidence = plan.evidence {
      let utc = LocalTime(zone: .gmt)
      text += """

        ## Usage

        \(utc.stretch(evidence.window)), by \(Figures.period(evidence.window.periodSeconds)), from CloudWatch's AWS/Bedrock.

        \(rates(evidence, Figures.short).markdown())

        \(averages(evidence)).

        """
    }
    return text + """

      ## Use case

      (Fill in: what the workload does, for whom, when it needs the new value, and how it will grow.)
      """
  }

  private var adjustable: String {
    switch plan.quota.adjustable {
    case true?: "adjustable"
    case false?: "not adjustable"
    case nil: "AWS doesn't say if it is adjustable"
    }
  }

  private func rates(_ evidence: IncreaseEvidence, _ number: (Double?) -> String) -> Table {
    func row(_ name: String, _ rate: IncreaseEvidence.Rate?) -> [Table.Cell] {
      [.init(name), .init(number(rate?.steady)), .init(number(rate?.peak))]
    }
    return Table(
      columns: [.text("PER MINUTE"), .number("STEADY (MEDIAN)"), .number("PEAK")],
      rows: [row("quota tokens", evidence.tokensPerMinute), row("requests accepted", evidence.requestsPerMinute)]
        + [[.init("requests, accepted and throttled"), .init("–"), .init(number(evidence.peakDemand))]])
  }

  private func averages(_ evidence: IncreaseEvidence) -> String {
    var parts = [
      "throttled \(Figures.grouped(evidence.throttles)) of \(Figures.grouped(evidence.requests)) requests (\(Figures.percent(evidence.throttleRate)))"
    ]
    if let input = evidence.averageInputTokens, let output = evidence.averageOutputTokens {
      parts.append("an average request has \(Figures.short(input)) input and \(Figures.short(output)) output tokens")
    }
    if let day = evidence.tokensPerDay?.peak { parts.append("the busiest 24 hours had \(Figures.short(day)) quota tokens") }
    return parts.joined(separator: " · ")
  }

  private func rows(_ number: (Double?) -> String) -> Table {
    let (quota, evidence) = (plan.quota, plan.evidence)
    return Table(
      columns: [
        .text("id"), .text("code"), .text("name"), .text("measure"), .number("appliedValue"), .number("defaultValue"),
        .number("desiredValue"), .text("adjustable"), .text("obstacles"), .number("steady"), .number("peak"),
        .number("throttles"),
      ],
      rows: [
        [
          plan.id, quota.code, quota.name.text, quota.name.measure.rawValue, number(quota.appliedValue),
          number(quota.defaultValue), number(plan.desiredValue), quota.adjustable.map { $0 ? "yes" : "no" } ?? "",
          plan.obstacles.map(\.name).joined(separator: " "), number(rate?.steady), number(rate?.peak),
          number(evidence?.throttles),
        ].map { .init($0) }
      ])
  }

  private var rate: IncreaseEvidence.Rate? {
    switch plan.quota.name.measure {
    case .rpm: plan.evidence?.requestsPerMinute
    case .tpm: plan.evidence?.tokensPerMinute
    case .tpd: plan.evidence?.tokensPerDay
    default: nil
    }
  }
}
