package import BedrockQuotas

/// The version in the id of a Claude model: 4.5 in `anthropic.claude-sonnet-4-5-20250929-v1:0`.
package struct ClaudeVersion: Sendable, Equatable, Comparable {
  package var major: Int
  package var minor: Int
  /// `opus`, `sonnet`, `haiku`, …; nil for the first models.
  package var family: String?

  package init(_ major: Int, _ minor: Int) { (self.major, self.minor, family) = (major, minor, nil) }

  /// nil unless the id is one of Anthropic's and has a version.
  package init?(_ model: ModelID) {
    guard model.provider == "anthropic" else { return nil }
    // A date has more digits, and a revision begins with a letter or follows a colon.
    let words = model.base.description.dropFirst("anthropic.".count).prefix { $0 != ":" }.split(separator: "-")
    guard let first = words.firstIndex(where: { Self.number($0) != nil }), let major = Self.number(words[first]) else {
      return nil
    }
    self.major = major
    minor = words.dropFirst(first + 1).first.flatMap(Self.number) ?? 0
    family = words.first { $0.allSatisfy(\.isLetter) && $0 != "claude" }.map(String.init)
  }

  private static func number(_ word: Substring) -> Int? { word.count <= 2 ? Int(word) : nil }

  package static func == (a: ClaudeVersion, b: ClaudeVersion) -> Bool { (a.major, a.minor) == (b.major, b.minor) }
  package static func < (a: ClaudeVersion, b: ClaudeVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
}
