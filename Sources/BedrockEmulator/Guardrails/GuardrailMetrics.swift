import Foundation

/// The metrics of ApplyGuardrail in CloudWatch.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-guardrails-cw-metrics.html. Each is published for the operation,
/// the source of the content, each policy of the guardrail, and the guardrail's version.
struct GuardrailMetrics: Sendable {
  static let namespace = "AWS/Bedrock/Guardrails"

  enum Outcome: Sendable {
    case passed, intervened, throttled, rejected
  }

  let store: MetricStore

  func record(
    _ outcome: Outcome, units: GuardrailUnits?, source: GuardrailContent.Source?, by guardrail: Guardrail?, at date: Date
  ) {
    let values: [(name: String, value: Double)] =
      switch outcome {
      case .throttled: [("InvocationThrottles", 1)]
      case .rejected: [("InvocationClientErrors", 1)]
      case .passed: [("Invocations", 1), ("InvocationLatency", 0)]
      case .intervened: [("Invocations", 1), ("InvocationLatency", 0), ("InvocationsIntervened", 1)]
      }
    let isServed = outcome == .passed || outcome == .intervened
    let total = units.map { $0.units.values.reduce(0, +) } ?? 0
    var sets: [(dimensions: [MetricKey.Dimension], units: Int)] = [([.init(name: "Operation", value: "ApplyGuardrail")], total)]
    if let source {
      sets.append(([.init(name: "GuardrailContentSource", value: source.rawValue.capitalized)], total))
    }
    if let guardrail {
      sets.append(
        (
          [.init(name: "GuardrailArn", value: guardrail.arn), .init(name: "GuardrailVersion", value: guardrail.version)], total
        ))
      for kind in GuardrailPolicy.allCases where guardrail.policy(kind) != nil {
        sets.append(([.init(name: "GuardrailPolicyType", value: kind.dimension)], units?.units[kind] ?? 0))
      }
    }
    let time = Int(date.timeIntervalSince1970)
    var samples: [CustomMetrics.Sample] = []
    for set in sets {
      for (name, value) in values { samples.append(Self.sample(name, value, set.dimensions, time)) }
      if isServed { samples.append(Self.sample("TextUnitCount", Double(set.units), set.dimensions, time)) }
    }
    store.record(samples, now: time)
  }

  private static func sample(
    _ name: String, _ value: Double, _ dimensions: [MetricKey.Dimension], _ time: Int
  ) -> CustomMetrics.Sample {
    CustomMetrics.Sample(
      MetricKey(namespace: namespace, name: name, dimensions: dimensions), value,
      unit: name == "InvocationLatency" ? "Milliseconds" : "Count", time: time)
  }
}
