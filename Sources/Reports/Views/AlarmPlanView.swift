package import Bedquota
import BedrockQuotas

/// `alarms`: what a plan makes, changes and removes.
package struct AlarmPlanView: View {
  package var plan: AlarmPlan

  package init(_ plan: AlarmPlan) { self.plan = plan }

  package func json() throws -> String { try JSONOutput.encode(AlarmPlanPayload(plan)) }
  package var sheet: Table { rows(Figures.plain) }
  package var document: Table { rows(Figures.grouped) }

  package var lines: [TerminalPart] {
    var lines: [TerminalPart] = ["\(plan.region): \(summary)"]
    if !plan.items.isEmpty {
      lines.append(
        .table(
          Table(
            columns: [.text("CHANGE"), .text("ALARM"), .number("THRESHOLD"), .number("QUOTA"), .text("CODE")],
            rows: plan.items.map { item in
              [
                .init(item.change.rawValue, item.change.style), .init(item.name), .init(threshold(item)),
                .init(Figures.grouped(item.quota)), .init(item.quotaCode ?? ""),
              ]
            }), indent: "  "))
    }
    for item in plan.items where item.change == .changed {
      lines.append("  \(item.name)")
      lines += item.differences.map { "    \($0.field): \(Self.words($0))" }
    }
    lines += leftOut.map { "  \($0)" }
    lines += notes.map { "  \($0)" }
    return lines
  }

  /// The quotas that get no alarm, in sentences: one for all ids that share the quota and the reason.
  package var leftOut: [String] {
    var groups: [(first: AlarmPlan.LeftOut, ids: [String])] = []
    for left in plan.leftOut {
      if let index = groups.firstIndex(where: { $0.first.code == left.code && $0.first.reason == left.reason }) {
        groups[index].ids.append(left.id)
      } else {
        groups.append((left, [left.id]))
      }
    }
    return groups.map { first, ids in
      let what = [first.measure?.rawValue, first.code.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
      let whose = ids.count < 3 ? ids.joined(separator: " and ") : "\(ids.count) ids (\(ids[0]), …)"
      return "No alarm for \(whose)\(what.isEmpty ? "" : " \(what)"): \(first.reason)."
    }
  }

  /// `3 new, 1 changed`
  private var summary: String {
    let all: [AlarmPlan.Change] = [.new, .changed, .unchanged, .removed]
    let counts = all.compactMap { plan.count($0) > 0 ? "\(plan.count($0)) \($0.rawValue)" : nil }
    return counts.isEmpty ? "no alarms" : counts.joined(separator: ", ")
  }

  private var notes: [String] {
    var notes: [String] = []
    if plan.otherCount > 0 {
      notes.append("\(Self.count(plan.otherCount, "alarm")) of Bedquota for other models are left as they are.")
    }
    let kept = plan.kept
    if !kept.isEmpty {
      let metrics = kept.reduce(0) { $0 + $1.metricCount }
      notes.append(
        "\(Self.count(kept.count, "alarm")) with \(Self.count(metrics, "metric")) in all: CloudWatch charges an alarm on metric math for each of its metrics."
      )
      let silent = kept.count { !$0.isNotifying }
      if silent > 0 {
        notes.append(
          silent == kept.count
            ? "They notify nobody: they have no SNS topic." : "\(silent) of them notify nobody: they have no SNS topic.")
      }
    }
    return notes
  }

  private static func count(_ count: Int, _ noun: String) -> String {
    "\(Figures.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// A threshold of 0 is one that must be exceeded.
  private func threshold(_ item: AlarmPlan.Item) -> String {
    guard let threshold = item.threshold else { return "–" }
    return threshold == 0 ? "above 0" : Figures.grouped(threshold)
  }

  private static func words(_ difference: AlarmPlan.Difference) -> String {
    // The texts of a description say what the other lines say.
    guard difference.field != "AlarmDescription" else { return "rewritten to match" }
    return "\(difference.old ?? "none") → \(difference.new ?? "none")"
  }

  private func rows(_ number: (Double?) -> String) -> Table {
    Table(
      columns: [
        .text("change"), .text("name"), .text("measure"), .number("threshold"), .number("quota"), .text("code"),
        .number("metrics"), .text("differences"),
      ],
      rows: plan.items.map { item in
        [
          item.change.rawValue, item.name, item.subject?.name ?? "", number(item.threshold), number(item.quota),
          item.quotaCode ?? "", "\(item.metricCount)",
          item.differences.map { "\($0.field): \(Self.words($0))" }.joined(separator: "; "),
        ].map { .init($0) }
      })
  }
}

extension AlarmPlan.Change {
  fileprivate var style: Style? {
    switch self {
    case .new: .success
    case .changed: .warning
    case .removed: .failure
    case .unchanged: .dim
    }
  }
}
