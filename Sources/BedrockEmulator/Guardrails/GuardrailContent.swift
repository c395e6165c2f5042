import AWSServer
import AWSWire

/// What ApplyGuardrail is to judge.
struct GuardrailContent: Sendable {
  /// The source of the content: what a user said, or what a model replied.
  enum Source: String, Sendable {
    case input = "INPUT"
    case output = "OUTPUT"
  }

  /// A text unit has up to 1,000 characters.
  ///
  /// Source: aws.amazon.com/bedrock/pricing, "Guardrails"
  static let unitCharacters = 1_000

  var source: Source
  /// The texts that policies judge: those without qualifiers, and those to guard.
  var guarded: [String] = []
  /// The characters of all texts, with those that are only sources or questions.
  var characters = 0
  var images = 0

  init(_ body: JSONValue) throws(AWSFault) {
    guard let source = body["source"]?.string else { throw .missing("source") }
    guard let known = Source(rawValue: source) else {
      throw .invalid(
        "1 validation error detected: Value '\(source.prefix(50))' at 'source' failed to satisfy constraint: Member must satisfy enum value set: [INPUT, OUTPUT]"
      )
    }
    self.source = known
    guard let blocks = body["content"]?.array else { throw .missing("content") }
    for (index, block) in blocks.enumerated() {
      if block["image"] != nil {
        images += 1
        continue
      }
      guard let text = block["text"]?["text"]?.string else { throw .missing("content.\(index + 1).member.text.text") }
      let qualifiers = block["text"]?["qualifiers"]?.array?.compactMap(\.string) ?? []
      characters += text.count
      if qualifiers.isEmpty || qualifiers.contains("guard_content") { guarded.append(text) }
    }
  }

  var guardedCharacters: Int { guarded.reduce(0) { $0 + $1.count } }

  static func units(ofCharacters count: Int) -> Int { (count + unitCharacters - 1) / unitCharacters }
}
