/// Writes JSON directly as text, for answers with thousands of rows (`list`, `usage`), for which `JSONEncoder` takes most of the
/// time.
///
/// Members are written in the order of the calls. Debug builds trap if an object's members are not sorted by name, as they are in
/// every command's JSON.
struct JSONWriter {
  private var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true
  /// The member that was written last in the innermost object; empty at its start.
  private var lastName: StaticString = ""

  /// The text that `body` writes.
  static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    let text = String(decoding: writer.bytes, as: UTF8.self)
    // Nearly always there is nothing to escape but what is escaped already.
    return writer.bytes.allSatisfy { $0 < 0x7F } ? text : text.escapedJSON
  }

  /// One string with its quotation marks.
  static func quoted(_ text: String) -> String {
    var (writer, text) = (JSONWriter(), text)
    text.withUTF8 { writer.quote($0) }
    return String(decoding: writer.bytes, as: UTF8.self).escapedJSON
  }

  mutating func object(_ body: (inout JSONWriter) -> Void) {
    let outerName = lastName
    lastName = ""
    nested("{", "}", body)
    lastName = outerName
  }

  mutating func array<Element>(_ elements: [Element], _ body: (inout JSONWriter, Element) -> Void) {
    nested("[", "]") { writer in
      for element in elements {
        writer.separate()
        body(&writer, element)
      }
    }
  }

  mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    assert("\(lastName)" < "\(name)", "\(name) stands behind \(lastName)")
    lastName = name
    separate()
    name.withUTF8Buffer { name in quote(name) }
    bytes.append(contentsOf: " : ".utf8)
    body(&self)
  }

  /// Writes nothing for nil: an absent member is unknown.
  mutating func member(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    member(name) { writer in
      var value = value
      value.withUTF8 { writer.quote($0) }
    }
  }

  mutating func member(_ name: StaticString, _ value: Double?) {
    guard let value, value.isFinite else { return }
    member(name) { $0.bytes.append(contentsOf: Figures.plain(value).utf8) }
  }

  mutating func member(_ name: StaticString, _ value: Bool?) {
    guard let value else { return }
    member(name) { $0.bytes.append(contentsOf: (value ? "true" : "false").utf8) }
  }

  mutating func member(_ name: StaticString, _ values: [String]) {
    member(name) { writer in
      writer.array(values) { writer, value in
        var value = value
        value.withUTF8 { writer.quote($0) }
      }
    }
  }

  private mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
    bytes.append(UInt8(ascii: open))
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    if !isFirst { newLine() }
    bytes.append(UInt8(ascii: close))
    isFirst = false
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    newLine()
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    for _ in 0..<depth * 2 { bytes.append(0x20) }
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var rest = text[...]
    while let index = rest.firstIndex(where: Self.needsEscape) {
      bytes.append(contentsOf: rest[..<index])
      escape(rest[index])
      rest = rest[(index + 1)...]
    }
    bytes.append(contentsOf: rest)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    if byte >= 0x20 {
      bytes.append(byte)
    } else {
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(contentsOf: (byte < 16 ? "0" : "").utf8)
      bytes.append(contentsOf: String(byte, radix: 16).utf8)
    }
  }
}
