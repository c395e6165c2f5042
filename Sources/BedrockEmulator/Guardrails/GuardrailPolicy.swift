import AWSWire

/// A kind of policy of a guardrail, named as in GetGuardrail's reply.
enum GuardrailPolicy: String, Sendable, CaseIterable {
  case topic = "topicPolicy"
  case content = "contentPolicy"
  case word = "wordPolicy"
  case sensitiveInformation = "sensitiveInformationPolicy"
  case contextualGrounding = "contextualGroundingPolicy"
  case automatedReasoning = "automatedReasoningPolicy"

  /// The quota of its text units per second; nil if it has none. The codes are the same in every Region.
  ///
  /// Source: ListServiceQuotas, the names "(Guardrails) On-demand ApplyGuardrail … policy text units per second".
  func unitsQuota(isStandard: Bool) -> String? {
    switch self {
    case .topic: isStandard ? "L-5755FAB6" : "L-124DCF3D"
    case .content: isStandard ? "L-6B3D3DE4" : "L-01F3CD81"
    case .word: "L-9F4DB459"
    case .sensitiveInformation: "L-CFCAAB0E"
    case .contextualGrounding: "L-086556D1"
    case .automatedReasoning: nil
    }
  }

  /// The value of CloudWatch's dimension `GuardrailPolicyType`.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-guardrails-cw-metrics.html
  var dimension: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  /// The policy of a request, as GetGuardrail shows it; nil if the request doesn't have it.
  ///
  /// CreateGuardrail's names end in `Config` where GetGuardrail's don't.
  func shown(from body: JSONValue) -> JSONValue.Member? {
    guard let members = body[rawValue + "Config"]?.members else { return nil }
    let shown = members.filter { Self.members.contains(Self.plain($0.name)) }
      .map { JSONValue.Member(Self.plain($0.name), $0.value) }
    return .init(rawValue, .object(shown))
  }

  private static let members: Set<String> = [
    "topics", "filters", "words", "managedWordLists", "piiEntities", "regexes", "tier", "policies", "confidenceThreshold",
  ]

  private static func plain(_ name: String) -> String {
    name.hasSuffix("Config") ? String(name.dropLast("Config".count)) : name
  }
}
