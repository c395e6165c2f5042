import AWSWire

/// Writes alarms as resources of Terraform's AWS provider, in HCL.
///
/// Source: registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm.
struct TerraformWriter {
  private var lines: [String] = []
  private var depth = 0

  static func text(_ alarms: [MetricAlarm]) -> String {
    var writer = TerraformWriter()
    let names = AlarmCode.identifiers(alarms.map(\.name), separator: "_", capitalizes: false)
    for (alarm, name) in zip(alarms, names) {
      if !writer.lines.isEmpty { writer.lines.append("") }
      writer.block("resource \"aws_cloudwatch_metric_alarm\" \(quoted(name))") { $0.write(alarm) }
    }
    return writer.lines.joined(separator: "\n")
  }

  private mutating func write(_ alarm: MetricAlarm) {
    set("alarm_name", Self.quoted(alarm.name))
    set("alarm_description", alarm.description.map(Self.quoted))
    set("comparison_operator", alarm.comparison.map(Self.quoted))
    set("threshold", alarm.threshold.map { Figures.plain($0) })
    set("evaluation_periods", alarm.evaluationPeriods.map(String.init))
    set("datapoints_to_alarm", alarm.datapointsToAlarm.map(String.init))
    set("treat_missing_data", alarm.missingData.map(Self.quoted))
    set("alarm_actions", Self.list(alarm.alarmActions))
    set("ok_actions", Self.list(alarm.okActions))
    for query in alarm.queries ?? [] { block("metric_query") { $0.write(query) } }
  }

  private mutating func write(_ query: MetricDataQuery) {
    set("id", Self.quoted(query.id))
    set("expression", query.expression.map(Self.quoted))
    set("label", query.label.map(Self.quoted))
    set("return_data", query.returnsData.map { $0 ? "true" : "false" })
    guard let stat = query.stat else { return }
    block("metric") { writer in
      writer.set("namespace", stat.metric.namespace.map(Self.quoted))
      writer.set("metric_name", stat.metric.name.map(Self.quoted))
      writer.set("period", "\(stat.period)")
      writer.set("stat", Self.quoted(stat.statistic))
      let dimensions = (stat.metric.dimensions ?? []).map { "\($0.name) = \(Self.quoted($0.value))" }
      writer.set("dimensions", "{ \(dimensions.joined(separator: ", ")) }")
    }
  }

  private mutating func set(_ name: String, _ value: String?) {
    if let value { line("\(name) = \(value)") }
  }

  private mutating func block(_ head: String, _ body: (inout TerraformWriter) -> Void) {
    line("\(head) {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  private mutating func line(_ text: String) { lines.append(String(repeating: "  ", count: depth) + text) }

  private static func list(_ values: [String]?) -> String? {
    values.flatMap { $0.isEmpty ? nil : "[\($0.map(quoted).joined(separator: ", "))]" }
  }

  /// A string of HCL, in which `${` and `%{` would begin a template.
  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("${", with: "$${").replacing(
      "%{", with: "%%{")
    return "\"\(escaped.printable)\""
  }
}
