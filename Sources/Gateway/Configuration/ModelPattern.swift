/// A model id with wildcards: `us.amazon.*` stands for every id that begins so.
package struct ModelPattern: Sendable, Hashable, CustomStringConvertible {
  package let text: String
  package var description: String { text }

  /// nil unless the text consists of what ids and ARNs have, and at most eight wildcards.
  package init?(_ text: String) {
    guard (1...2_048).contains(text.utf8.count), text.utf8.count(where: { $0 == UInt8(ascii: "*") }) <= 8,
      text.utf8.allSatisfy({
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || "*.-_:/".utf8.contains($0)
      })
    else { return nil }
    self.text = text
  }

  /// Whether the pattern stands for an invoked id. Of an ARN, the id at its end may match instead.
  package func matches(_ id: String) -> Bool {
    if Self.matches(text.utf8, id.utf8) { return true }
    guard id.hasPrefix("arn:"), let slash = id.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
    // The end of other ARNs is a name that their owner chose.
    guard id[..<slash].hasSuffix(":foundation-model") || id[..<slash].hasSuffix(":inference-profile") else { return false }
    return Self.matches(text.utf8, id[id.utf8.index(after: slash)...].utf8)
  }

  /// Goes back to the last wildcard only, so the time is at most the product of both lengths.
  private static func matches<Pattern: Collection<UInt8>, ID: Collection<UInt8>>(_ pattern: Pattern, _ id: ID) -> Bool {
    var (p, i) = (pattern.startIndex, id.startIndex)
    // What follows the last wildcard, and the first byte of the id that it doesn't stand for.
    var last: (p: Pattern.Index, i: ID.Index)?
    while i != id.endIndex {
      if p != pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
        p = pattern.index(after: p)
        last = (p, i)
      } else if p != pattern.endIndex, pattern[p] == id[i] {
        p = pattern.index(after: p)
        i = id.index(after: i)
      } else if let (after, from) = last {
        i = id.index(after: from)
        p = after
        last = (after, i)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
