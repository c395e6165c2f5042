import AWSWire

/// A file in the format of `~/.aws/config`: INI sections, whose settings may have one level of indented settings below them.
///
/// Source: docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
package struct ConfigFile: Sendable, Equatable {
  /// Settings by lower-case name. An indented setting's name is `outer.inner`.
  package typealias Settings = [String: String]

  /// Sections by header, with single spaces: `default`, `profile dev`, `services local`.
  package private(set) var sections: [String: Settings] = [:]

  package init() {}

  /// - Parameter path: for error messages only.
  /// - Throws: ``AWSClientError`` (`configuration`) with file and line, if a line can't be parsed.
  package init(_ text: String, path: String) throws {
    var section: String?
    var outer: String?
    // "\r\n" is one Character in Swift.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, raw) in lines.enumerated() {
      let line = index == 0 && raw.hasPrefix("\u{FEFF}") ? raw.dropFirst() : raw
      let content = Self.trim(line)
      if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
      do throws(Malformed) {
        if content.hasPrefix("[") {
          section = try begin(content)
          outer = nil
        } else {
          guard let section else { throw Malformed(what: "a setting stands before the first [section]") }
          try read(content, isIndented: line.first?.isWhitespace == true, section: section, outer: &outer)
        }
      } catch {
        throw AWSClientError(.configuration, "\(path), line \(index + 1): \(error.what).")
      }
    }
  }

  private struct Malformed: Error { var what: String }

  /// Begins a section, and returns its name.
  private mutating func begin(_ content: String) throws(Malformed) -> String {
    guard let end = content.firstIndex(of: "]") else { throw Malformed(what: "the section's closing bracket is missing") }
    let words = content[content.index(after: content.startIndex)..<end].split(whereSeparator: \.isWhitespace)
    guard !words.isEmpty else { throw Malformed(what: "the section has no name") }
    let name = words.joined(separator: " ").replacing("\"", with: "").replacing("'", with: "")
    sections[name] = sections[name] ?? [:]
    return name
  }

  /// Reads a setting.
  /// - Parameter outer: the last setting that was not indented.
  private mutating func read(
    _ content: String, isIndented: Bool, section: String, outer: inout String?
  ) throws(Malformed) {
    guard let equals = content.firstIndex(of: "=") else {
      guard isIndented, let outer else { throw Malformed(what: "expected \"name = value\"") }
      // An indented line without "=" continues the value above it.
      sections[section, default: [:]][outer, default: ""] += "\n" + content
      return
    }
    let name = Self.trim(content[..<equals]).lowercased()
    guard !name.isEmpty else { throw Malformed(what: "the setting has no name") }
    let value = Self.withoutComment(Self.trim(content[content.index(after: equals)...]))
    if isIndented, let outer {
      sections[section, default: [:]]["\(outer).\(name)"] = value
    } else {
      sections[section, default: [:]][name] = value
      outer = name
    }
  }

  /// Removes a comment: a `#` or `;` after white space. Without white space they are part of the value; keys may contain both.
  private static func withoutComment(_ value: String) -> String {
    var previous: Character = "x"
    for index in value.indices {
      if value[index] == "#" || value[index] == ";", previous.isWhitespace { return trim(value[..<index]) }
      previous = value[index]
    }
    return value
  }

  private static func trim(_ text: some StringProtocol) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
