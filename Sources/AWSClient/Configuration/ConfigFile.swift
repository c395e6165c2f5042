import AWSWire

/// The AWS shared config and credentials file format: INI sections, with one level of nested settings by indentation.
///
/// Source: docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
package struct ConfigFile: Sendable, Equatable {
  /// Settings by lower-cased name. A nested setting's name is `outer.inner`.
  package typealias Settings = [String: String]

  /// Sections by header, white space made single: `default`, `profile dev`, `services local`.
  package private(set) var sections: [String: Settings] = [:]

  package init() {}

  /// - Parameter path: for error messages only.
  /// - Throws: ``AWSClientError`` (`configuration`) that names file and line, where a line can't be read.
  package init(_ text: String, path: String) throws {
    var section: String?
    var outer: String?
    // By character, for "\r\n" is one in Swift.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, raw) in lines.enumerated() {
      let line = index == 0 && raw.hasPrefix("\u{FEFF}") ? raw.dropFirst() : raw
      let content = Self.trim(line)
      if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
      func malformed(_ what: String) -> AWSClientError {
        AWSClientError(.configuration, "\(path), line \(index + 1): \(what).")
      }

      if content.hasPrefix("[") {
        guard let end = content.firstIndex(of: "]") else { throw malformed("the section's closing bracket is missing") }
        let words = content[content.index(after: content.startIndex)..<end].split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { throw malformed("the section has no name") }
        let name = words.joined(separator: " ").replacing("\"", with: "").replacing("'", with: "")
        section = name
        outer = nil
        sections[name] = sections[name] ?? [:]
        continue
      }
      guard let section else { throw malformed("a setting stands before the first [section]") }
      let indented = line.first?.isWhitespace == true
      guard let equals = content.firstIndex(of: "=") else {
        // An indented line without "=" continues the value above it.
        if indented, let outer {
          sections[section]![outer] = (sections[section]![outer] ?? "") + "\n" + content
          continue
        }
        throw malformed("expected \"name = value\"")
      }
      let name = Self.trim(content[..<equals]).lowercased()
      guard !name.isEmpty else { throw malformed("the setting has no name") }
      let value = Self.withoutComment(Self.trim(content[content.index(after: equals)...]))
      if indented, let outer {
        sections[section]!["\(outer).\(name)"] = value
      } else {
        sections[section]![name] = value
        outer = name
      }
    }
  }

  /// A `#` or `;` begins a comment within a line only after white space: keys may hold both.
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
