/// The grammar of config files, line by line, as Python's `RawConfigParser` has it.
///
/// It works on Unicode scalars, because Swift's characters would join a delimiter with what follows it.
struct ConfigFileParser {
  /// A line that can't be read.
  struct Malformed: Error {
    var line: Int
    var what: String
  }

  struct Option {
    /// In lower case.
    var name: String
    var line: Int
    /// The value's lines, trimmed. A blank line is an empty one.
    var lines: [(text: Substring.UnicodeScalarView, number: Int)]
  }

  struct Section {
    var header: String
    var options: [Option] = []
  }

  private var sections: [Section] = []
  private var headers: Set<String> = []
  /// The section `DEFAULT`, whose settings count in every section that doesn't have them.
  private var defaults = Section(header: "DEFAULT")
  private var current: Place?
  /// Whether a more indented line continues the last option.
  private var isInOption = false
  /// How far the last header or option is indented.
  private var indent = 0

  private enum Place {
    case defaults
    case section(Int)
  }

  /// Parses a text.
  static func sections(of text: String) throws(Malformed) -> [Section] {
    var parser = ConfigFileParser()
    for (index, line) in text.unicodeScalars.lines.enumerated() { try parser.read(line, number: index + 1) }
    return parser.sections.map { section in
      let own = Set(section.options.map(\.name))
      return Section(
        header: section.header, options: section.options + parser.defaults.options.filter { !own.contains($0.name) })
    }
  }

  private mutating func read(_ line: Substring.UnicodeScalarView, number: Int) throws(Malformed) {
    if number == 1, line.first == "\u{FEFF}" {
      throw Malformed(line: 1, what: "the file begins with a byte order mark; save it as UTF-8 without one")
    }
    let content = line.trimmed
    guard let first = content.first else {
      if isInOption { change { $0.lines.append((content, number)) } }
      return
    }
    // A comment has a line of its own: behind a value it would be part of it.
    if first == "#" || first == ";" { return }
    let depth = line.distance(from: line.startIndex, to: content.startIndex)
    if isInOption, depth > indent { return change { $0.lines.append((content, number)) } }
    indent = depth
    if let header = try Self.header(content, line: number) {
      try begin(header, line: number)
    } else {
      try add(content, line: number)
    }
  }

  /// The name between the brackets; nil if the line is no section's header.
  private static func header(_ content: Substring.UnicodeScalarView, line: Int) throws(Malformed) -> String? {
    guard content.first == "[", let end = content.lastIndex(of: "]") else { return nil }
    let name = content[content.index(after: content.startIndex)..<end]
    guard !name.isEmpty else { return nil }
    // botocore takes all of it for one name, which no profile can have.
    guard !name.contains("]") else {
      throw Malformed(line: line, what: "two sections stand on one line; begin each on a line of its own")
    }
    return String(name)
  }

  private mutating func begin(_ header: String, line: Int) throws(Malformed) {
    isInOption = false
    guard header != "DEFAULT" else { return current = .defaults }
    guard headers.insert(header).inserted else {
      throw Malformed(line: line, what: "the section [\(header)] is there twice; put its settings together")
    }
    current = .section(sections.count)
    sections.append(Section(header: header))
  }

  private mutating func add(_ content: Substring.UnicodeScalarView, line: Int) throws(Malformed) {
    guard let current else { throw Malformed(line: line, what: "expected a [section] before the first setting") }
    guard let delimiter = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
      let isHeader = content.first == "["
      throw Malformed(
        line: line,
        what: !isHeader
          ? "expected \"name = value\""
          : content.contains("]") ? "the section has no name" : "the section's closing bracket is missing")
    }
    let name = String(content[..<delimiter].trimmed).lowercased()
    guard !name.isEmpty else { throw Malformed(line: line, what: "the setting has no name") }
    let option = Option(name: name, line: line, lines: [(content[content.index(after: delimiter)...].trimmed, line)])
    let section =
      switch current {
      case .defaults: defaults
      case .section(let index): sections[index]
      }
    guard !section.options.contains(where: { $0.name == name }) else {
      throw Malformed(line: line, what: "the section [\(section.header)] has this setting twice; remove one")
    }
    isInOption = true
    switch current {
    case .defaults: defaults.options.append(option)
    case .section(let index): sections[index].options.append(option)
    }
  }

  /// Changes the last option.
  private mutating func change(_ body: (inout Option) -> Void) {
    switch current {
    case .defaults: body(&defaults.options[defaults.options.count - 1])
    case .section(let index): body(&sections[index].options[sections[index].options.count - 1])
    case nil: break
    }
  }
}

extension ConfigFileParser.Option {
  /// The lines of the value, without blank ones at its end.
  private var written: ArraySlice<(text: Substring.UnicodeScalarView, number: Int)> {
    lines[..<((lines.lastIndex { !$0.text.isEmpty } ?? -1) + 1)]
  }

  var value: String { written.map { String($0.text) }.joined(separator: "\n") }

  /// The settings below this one; nil if it has a value of its own.
  var nested: [(name: String, value: String)]? {
    get throws(ConfigFileParser.Malformed) {
      guard written.count > 1, written[0].text.isEmpty else { return nil }
      var settings: [(String, String)] = []
      for (text, number) in written {
        for line in text.pieces.map(\.trimmed) where !line.isEmpty {
          guard let equals = line.firstIndex(of: "=") else {
            throw ConfigFileParser.Malformed(line: number, what: "expected \"name = value\" below \(name)")
          }
          settings.append((String(line[..<equals].trimmed), String(line[line.index(after: equals)...].trimmed)))
        }
      }
      return settings
    }
  }
}
