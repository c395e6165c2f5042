import AWSWire

/// The text units that a request takes, by policy.
struct GuardrailUnits: Sendable, Equatable {
  private(set) var units: [GuardrailPolicy: Int] = [:]
  /// Text units of regular expressions, which are free.
  private(set) var freeSensitiveUnits = 0
  private(set) var imageUnits = 0

  init(_ content: GuardrailContent, by guardrail: Guardrail) {
    let guarded = GuardrailContent.units(ofCharacters: content.guardedCharacters)
    for kind in GuardrailPolicy.allCases {
      guard let policy = guardrail.policy(kind) else { continue }
      switch kind {
      case .topic, .content, .word: units[kind] = guarded
      case .sensitiveInformation:
        if policy["piiEntities"]?.array?.isEmpty == false { units[kind] = guarded }
        if policy["regexes"]?.array?.isEmpty == false { freeSensitiveUnits = guarded }
      // It compares a reply with its sources and the question, so all of them count.
      case .contextualGrounding:
        if content.source == .output { units[kind] = GuardrailContent.units(ofCharacters: content.characters) }
      case .automatedReasoning: units[kind] = guarded
      }
    }
    if guardrail.policy(.content) != nil { imageUnits = content.images }
  }

  /// `usage` of ApplyGuardrail's reply.
  var json: JSONValue {
    func count(_ kind: GuardrailPolicy) -> JSONValue { .integer(units[kind] ?? 0) }
    return [
      "topicPolicyUnits": count(.topic), "contentPolicyUnits": count(.content), "wordPolicyUnits": count(.word),
      "sensitiveInformationPolicyUnits": count(.sensitiveInformation),
      "sensitiveInformationPolicyFreeUnits": .integer(freeSensitiveUnits),
      "contextualGroundingPolicyUnits": count(.contextualGrounding), "contentPolicyImageUnits": .integer(imageUnits),
      "automatedReasoningPolicyUnits": count(.automatedReasoning),
    ]
  }
}
