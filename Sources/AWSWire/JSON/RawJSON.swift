/// A JSON value whose numbers and strings stay as they are written, so that a reply that is put together from pieces is unchanged
/// to the digit.
package indirect enum RawJSON: Sendable, Equatable {
  /// A number, `true`, `false` or `null`.
  case word([UInt8])
  /// The bytes between the quotes, with their escapes.
  case text([UInt8])
  case array([RawJSON])
  case object([Member])

  package struct Member: Sendable, Equatable {
    /// The bytes between the quotes.
    package var name: [UInt8]
    package var value: RawJSON

    package init(_ name: String, _ value: RawJSON) {
      self.name = Array(name.utf8)
      self.value = value
    }

    fileprivate init(name: [UInt8], value: RawJSON) {
      self.name = name
      self.value = value
    }
  }

  package static let empty = RawJSON.object([])
  package static let null = RawJSON.word(Array("null".utf8))

  /// - Throws: ``JSONReader/Failure``.
  package init(_ bytes: [UInt8]) throws(JSONReader.Failure) {
    var reader = JSONReader(bytes)
    self = try Self.read(&reader, bytes)
    try reader.readEnd()
  }

  private static func read(_ reader: inout JSONReader, _ bytes: [UInt8]) throws(JSONReader.Failure) -> RawJSON {
    reader.skipSpace()
    let start = reader.position
    switch reader.current {
    case UInt8(ascii: "{"):
      var members: [Member] = []
      try reader.readObject { reader, name throws(JSONReader.Failure) in
        members.append(Member(name: Array(name), value: try read(&reader, bytes)))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [RawJSON] = []
      try reader.readArray { reader throws(JSONReader.Failure) in elements.append(try read(&reader, bytes)) }
      return .array(elements)
    case UInt8(ascii: "\""):
      _ = try reader.readString()
      return .text(Array(bytes[start + 1..<reader.position - 1]))
    default:
      try reader.skipValue()
      return .word(Array(bytes[start..<reader.position]))
    }
  }

  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  package var elements: [RawJSON]? { if case .array(let elements) = self { elements } else { nil } }
  package var isText: Bool { if case .text = self { true } else { false } }

  /// The text of a string, without its escapes; nil if this is not a string.
  package var string: String? {
    guard case .text(let raw) = self else { return nil }
    var reader = JSONReader([UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")])
    return try? reader.readString()
  }

  package var integer: Int? { if case .word(let word) = self { Int(String(decoding: word, as: UTF8.self)) } else { nil } }

  /// The member of this name; nil if there is none or this is not an object. Setting nil removes it.
  package subscript(_ name: String) -> RawJSON? {
    get { members?.last { $0.name.elementsEqual(name.utf8) }?.value }
    set {
      var members = members ?? []
      let index = members.lastIndex { $0.name.elementsEqual(name.utf8) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name, value))
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  /// Adds a piece of the same value: text is continued, arrays grow, members are added one by one, anything else is replaced.
  package mutating func append(_ piece: RawJSON) {
    switch (self, piece) {
    case (.text(let one), .text(let other)): self = .text(one + other)
    case (.array(let one), .array(let other)): self = .array(one + other)
    case (.object(var members), .object(let others)):
      for other in others {
        if let index = members.lastIndex(where: { $0.name == other.name }) {
          members[index].value.append(other.value)
        } else {
          members.append(other)
        }
      }
      self = .object(members)
    default: self = piece
    }
  }

  /// Compact JSON.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .word(let word): out += word
    case .text(let raw): Self.write(raw, to: &out)
    case .array(let elements): out.appendArray(elements) { $0.write(to: &$1) }
    case .object(let members):
      out.appendObject(members) {
        Self.write($0.name, to: &$1)
      } value: {
        $0.value.write(to: &$1)
      }
    }
  }

  private static func write(_ raw: [UInt8], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    out += raw
    out.append(UInt8(ascii: "\""))
  }
}
