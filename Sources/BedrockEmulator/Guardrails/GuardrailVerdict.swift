import AWSWire
import Foundation

/// What a guardrail finds in a content. It is plain and deterministic: words and phrases of the word policy, names and example
/// phrases of denied topics, and e-mail addresses. Content filters, other personal data, regular expressions and AWS's list of
/// profanity find nothing; grounding and relevance are always high.
struct GuardrailVerdict: Sendable {
  private(set) var topics: [JSONValue] = []
  private(set) var words: [JSONValue] = []
  private(set) var entities: [JSONValue] = []
  private(set) var isBlocked = false
  private(set) var isMasked = false
  /// The texts with what was found masked.
  private var masked: [String]
  private let guardrail: Guardrail
  private let source: GuardrailContent.Source

  init(_ content: GuardrailContent, by guardrail: Guardrail) {
    self.guardrail = guardrail
    source = content.source
    masked = content.guarded
    judgeTopics(content.guarded)
    judgeWords(content.guarded)
    judgeEntities(content.guarded)
  }

  var intervenes: Bool { isBlocked || isMasked }

  /// `outputs` of ApplyGuardrail's reply.
  var outputs: JSONValue {
    guard intervenes else { return [] }
    let texts =
      isBlocked ? [source == .input ? guardrail.blockedInputMessaging : guardrail.blockedOutputsMessaging] : masked
    return .array(texts.map { ["text": .string($0)] })
  }

  /// The policies of an assessment that found something.
  var assessment: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if !topics.isEmpty { members.append(.init("topicPolicy", ["topics": .array(topics)])) }
    if !words.isEmpty { members.append(.init("wordPolicy", ["customWords": .array(words), "managedWordLists": []])) }
    if !entities.isEmpty {
      members.append(.init("sensitiveInformationPolicy", ["piiEntities": .array(entities), "regexes": []]))
    }
    if source == .output, let filters = guardrail.policy(.contextualGrounding)?["filters"]?.array {
      let found: [JSONValue] = filters.map { filter in
        [
          "type": filter["type"] ?? "GROUNDING", "threshold": filter["threshold"] ?? 0, "score": 0.99, "action": "NONE",
          "detected": false,
        ]
      }
      members.append(.init("contextualGroundingPolicy", ["filters": .array(found)]))
    }
    return members
  }

  /// What a rule does with content of this source: `BLOCK`, `ANONYMIZE`, `NONE`; nil if it isn't enabled.
  private func action(of rule: JSONValue, default usual: String) -> String? {
    let (action, enabled) = source == .input ? ("inputAction", "inputEnabled") : ("outputAction", "outputEnabled")
    guard rule[enabled]?.bool != false else { return nil }
    return rule[action]?.string ?? usual
  }

  private mutating func judgeTopics(_ texts: [String]) {
    for topic in guardrail.policy(.topic)?["topics"]?.array ?? [] {
      guard let name = topic["name"]?.string, let action = action(of: topic, default: "BLOCK") else { continue }
      let phrases = [name] + (topic["examples"]?.array?.compactMap(\.string) ?? [])
      guard texts.contains(where: { text in phrases.contains { text.holds(phrase: $0) } }) else { continue }
      topics.append(["name": .string(name), "type": "DENY", "action": note(action), "detected": true])
    }
  }

  private mutating func judgeWords(_ texts: [String]) {
    for word in guardrail.policy(.word)?["words"]?.array ?? [] {
      guard let text = word["text"]?.string, let action = action(of: word, default: "BLOCK"),
        texts.contains(where: { $0.holds(phrase: text) })
      else { continue }
      words.append(["match": .string(text), "action": note(action), "detected": true])
    }
  }

  private mutating func judgeEntities(_ texts: [String]) {
    for entity in guardrail.policy(.sensitiveInformation)?["piiEntities"]?.array ?? [] where entity["type"] == "EMAIL" {
      guard let action = action(of: entity, default: entity["action"]?.string ?? "BLOCK") else { continue }
      for (index, text) in texts.enumerated() {
        for address in text.emailAddresses {
          entities.append(["match": .string(address), "type": "EMAIL", "action": note(action), "detected": true])
          if action == "ANONYMIZE" { masked[index] = masked[index].replacing(address, with: "{EMAIL}") }
        }
      }
    }
  }

  /// Notes an action, and returns how assessments spell it.
  private mutating func note(_ action: String) -> JSONValue {
    switch action {
    case "BLOCK":
      isBlocked = true
      return "BLOCKED"
    case "ANONYMIZE":
      isMasked = true
      return "ANONYMIZED"
    default: return "NONE"
    }
  }
}

extension String {
  /// Whether the phrase stands in the text as whole words, in capitals or not.
  fileprivate func holds(phrase: String) -> Bool {
    guard !phrase.isEmpty else { return false }
    var rest = startIndex..<endIndex
    while let found = range(of: phrase, options: .caseInsensitive, range: rest) {
      let before = found.lowerBound > startIndex ? self[index(before: found.lowerBound)] : " "
      let after = found.upperBound < endIndex ? self[found.upperBound] : " "
      if !before.isPartOfWord, !after.isPartOfWord { return true }
      rest = found.upperBound..<endIndex
    }
    return false
  }

  /// Words with an @ between letters or digits, and a dot after it.
  fileprivate var emailAddresses: [String] {
    split { $0.isWhitespace || "<>()[],;:\"".contains($0) }.map { String($0.trimmingSuffix(while: { ".!?".contains($0) })) }
      .filter { word in
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].dropFirst().contains(".") && parts[1].last?.isPartOfWord == true
      }
  }
}

extension Character {
  fileprivate var isPartOfWord: Bool { isLetter || isNumber }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(while isGone: (Character) -> Bool) -> SubSequence {
    var end = endIndex
    while end > startIndex, isGone(self[index(before: end)]) { end = index(before: end) }
    return self[startIndex..<end]
  }
}
