/// Reads one document; see ``XMLReply``.
///
/// Source of the grammar: www.w3.org/TR/xml, of which this is the part that AWS's replies use.
struct XMLReader {
  private let bytes: [UInt8]
  private var index = 0
  private var elements = 0

  /// - Parameter bytes: UTF-8.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func root() throws(XMLReply.Refusal) -> XMLElement {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    skipBlanks()
    try skipDeclaration()
    skipBlanks()
    // The elements that are open, each in the one before it.
    var open: [XMLElement] = []
    var text: [UInt8] = []
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "<") else {
        guard !open.isEmpty else { throw refusal("a text outside of the root element") }
        try readText(into: &text)
        continue
      }
      let tag = try readTag()
      guard tag.kind != .end else {
        guard let last = open.popLast(), last.name == tag.name else { throw refusal("a tag that ends nothing") }
        let element = last.children.isEmpty ? XMLElement(name: last.name, text: Self.trimmed(text)) : last
        text = []
        guard let place = open.indices.last else { return try ended(element) }
        open[place].children.append(element)
        continue
      }
      elements += 1
      guard elements <= XMLReply.elementsMax else { throw refusal("too many elements") }
      text = []
      let element = XMLElement(name: tag.name)
      if tag.kind == .start {
        open.append(element)
        guard open.count <= XMLReply.depthMax else { throw refusal("too many elements in each other") }
      } else if let place = open.indices.last {
        open[place].children.append(element)
      } else {
        return try ended(element)
      }
    }
    throw refusal("an element that doesn't end")
  }

  /// The root, behind which nothing may stand.
  private mutating func ended(_ root: XMLElement) throws(XMLReply.Refusal) -> XMLElement {
    skipBlanks()
    guard index == bytes.count else { throw refusal("something behind the root element") }
    return root
  }

  private struct Tag {
    enum Kind { case start, end, empty }
    var name: String
    var kind: Kind
  }

  private mutating func readTag() throws(XMLReply.Refusal) -> Tag {
    index += 1
    let isEnd = next == UInt8(ascii: "/")
    if isEnd { index += 1 }
    let start = index
    while let byte = next, !Self.isBlank(byte), byte != UInt8(ascii: "/"), byte != UInt8(ascii: ">") {
      guard !"<&\"'=!?".utf8.contains(byte), byte >= 0x20 else { throw refusal("a tag that is none of an element") }
      index += 1
    }
    guard index > start else { throw refusal("a tag without a name") }
    let name = String(decoding: bytes[start..<index], as: UTF8.self)
    let isEmpty = try skipAttributes()
    guard !(isEnd && isEmpty) else { throw refusal("a tag that begins and ends") }
    return Tag(name: name, kind: isEnd ? .end : isEmpty ? .empty : .start)
  }

  /// Goes behind the end of a tag.
  /// - Returns: whether the element has no content.
  private mutating func skipAttributes() throws(XMLReply.Refusal) -> Bool {
    var quote: UInt8?
    while let byte = next {
      index += 1
      if byte == UInt8(ascii: "<") { throw refusal("a tag in a tag") }
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return bytes[index - 2] == UInt8(ascii: "/")
      }
    }
    throw refusal("a tag that doesn't end")
  }

  private mutating func readText(into text: inout [UInt8]) throws(XMLReply.Refusal) {
    while let byte = next, byte != UInt8(ascii: "<") {
      guard byte >= 0x20 || Self.isBlank(byte) else { throw refusal("a control character") }
      guard byte == UInt8(ascii: "&") else {
        text.append(byte)
        index += 1
        continue
      }
      // No reference is longer.
      guard let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
        let character = Self.character(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
      else { throw refusal("a reference that stands for nothing") }
      text.append(contentsOf: String(character).utf8)
      index = end + 1
    }
  }

  /// The character that `amp`, `#47` or `#x2F` stands for.
  private static func character(_ reference: String) -> Unicode.Scalar? {
    switch reference {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard reference.hasPrefix("#") else { return nil }
      let digits = reference.dropFirst()
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let number, number >= 0x20 || number == 9 || number == 10 || number == 13 else { return nil }
      return Unicode.Scalar(number)
    }
  }

  private mutating func skipDeclaration() throws(XMLReply.Refusal) {
    guard bytes[index...].starts(with: "<?xml".utf8) else { return }
    while let byte = next {
      index += 1
      if byte == UInt8(ascii: ">"), bytes[index - 2] == UInt8(ascii: "?") { return }
    }
    throw refusal("a declaration that doesn't end")
  }

  private mutating func skipBlanks() { while let byte = next, Self.isBlank(byte) { index += 1 } }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private static func trimmed(_ text: [UInt8]) -> String {
    guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(decoding: text[first...last], as: UTF8.self)
  }

  private func refusal(_ reason: String) -> XMLReply.Refusal { XMLReply.Refusal(reason: reason) }
}
