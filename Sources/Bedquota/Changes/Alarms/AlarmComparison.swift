import AWSWire
import BedrockQuotas

/// What differs between two definitions of an alarm. Pure.
enum AlarmComparison {
  /// The differences in the properties that we set, the threshold first. Order, and what AWS fills in by itself, don't count.
  static func differences(from old: MetricAlarm, to new: MetricAlarm) -> [AlarmPlan.Difference] {
    var found: [AlarmPlan.Difference] = []
    func compare(_ field: String, _ old: String?, _ new: String?) {
      if old != new { found.append(.init(field: field, old: old, new: new)) }
    }
    compare("Threshold", old.threshold.map(NumberText.value), new.threshold.map(NumberText.value))
    compare("ComparisonOperator", old.comparison, new.comparison)
    compare("EvaluationPeriods", old.evaluationPeriods.map(String.init), new.evaluationPeriods.map(String.init))
    // AWS's default is that all periods must breach.
    let datapoints = [old, new].map { ($0.datapointsToAlarm ?? $0.evaluationPeriods).map(String.init) }
    compare("DatapointsToAlarm", datapoints[0], datapoints[1])
    compare("TreatMissingData", old.missingData ?? "missing", new.missingData ?? "missing")
    compare("AlarmActions", list(old.alarmActions), list(new.alarmActions))
    compare("OKActions", list(old.okActions), list(new.okActions))
    let (before, after) = (queries(old), queries(new))
    for id in Set(before.keys).union(after.keys).sorted() { compare("Metrics.\(id)", before[id], after[id]) }
    compare("AlarmDescription", old.description, new.description)
    return found
  }

  private static func list(_ actions: [String]?) -> String? {
    let text: String? = (actions ?? []).sorted().joined(separator: ", ")
    return text.nonEmpty
  }

  /// Each query in words, by its id; labels change nothing.
  private static func queries(_ alarm: MetricAlarm) -> [String: String] {
    Dictionary((alarm.queries ?? []).map { ($0.id, words($0)) }) { first, _ in first }
  }

  private static func words(_ query: MetricDataQuery) -> String {
    let watched = query.returnsData ?? true ? ", watched" : ""
    guard let stat = query.stat else { return "\(query.expression ?? "")\(watched)" }
    let dimensions = (stat.metric.dimensions ?? []).map { "\($0.name)=\($0.value)" }.sorted().joined(separator: ",")
    return
      "\(stat.statistic) of \(stat.metric.namespace ?? "") \(stat.metric.name ?? "") \(dimensions) by \(stat.period) s\(watched)"
  }
}
