/// A JSON reader that moves from left to right and builds only the values that it is asked for.
///
/// It is for large replies and for errors with a line: Foundation's decoder takes several times as long for a listing of 1,000
/// quotas, and doesn't say where a file is wrong. Everything else uses Foundation's decoder.
package struct JSONReader {
  /// The text is not JSON, not the value that was asked for, or has more values than anybody sends.
  package struct Failure: Error {
    /// The position of the fault, in bytes from the start.
    package let offset: Int
  }

  private static let depthMax = 512
  /// The most values that are built: two bytes of text can be a value of many times their size.
  private static let valuesMax = 2_000_000
  private let bytes: [UInt8]
  package private(set) var position = 0
  private var depth = 0
  private var values = 0
  /// Whether the last string has an escape.
  private var hasEscape = false

  /// - Parameter position: where to begin, in bytes from the start.
  package init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// The byte at the current position; nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Counts a value that is built.
  mutating func countValue() throws(Failure) {
    values += 1
    guard values <= Self.valuesMax else { throw failure() }
  }

  private func failure() -> Failure { Failure(offset: min(position, bytes.count)) }

  package mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8) throws(Failure) {
    skipSpace()
    guard current == byte else { throw failure() }
    position += 1
  }

  /// - Throws: ``Failure`` if anything but white space follows.
  package mutating func readEnd() throws(Failure) {
    skipSpace()
    guard position == bytes.count else { throw failure() }
  }

  /// Reads an object. `member` gets the undecoded name of each member and must read or skip its value.
  package mutating func readObject(
    _ member: (inout JSONReader, ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try expect(UInt8(ascii: "{"))
    try readItems(closing: UInt8(ascii: "}")) { reader throws(Failure) in
      reader.skipSpace()
      let name = try reader.readStringBytes()
      try reader.expect(UInt8(ascii: ":"))
      reader.skipSpace()
      try member(&reader, name)
    }
  }

  /// Reads an array. `element` must read or skip one element.
  package mutating func readArray(_ element: (inout JSONReader) throws(Failure) -> Void) throws(Failure) {
    try expect(UInt8(ascii: "["))
    try readItems(closing: UInt8(ascii: "]"), element)
  }

  private mutating func readItems(closing: UInt8, _ item: (inout JSONReader) throws(Failure) -> Void) throws(Failure) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw failure() }
    skipSpace()
    if current == closing {
      position += 1
      return
    }
    while true {
      skipSpace()
      try item(&self)
      skipSpace()
      guard let byte = current, byte == closing || byte == UInt8(ascii: ",") else { throw failure() }
      position += 1
      if byte == closing { return }
    }
  }

  /// Skips a `null`; false if there is none.
  mutating func takeNull() -> Bool { takeWord("null") }

  mutating func readBool() throws(Failure) -> Bool {
    skipSpace()
    if takeWord("true") { return true }
    if takeWord("false") { return false }
    throw failure()
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    skipSpace()
    guard position + word.utf8CodeUnitCount <= bytes.count else { return false }
    for index in 0..<word.utf8CodeUnitCount where bytes[position + index] != word.utf8Start[index] { return false }
    position += word.utf8CodeUnitCount
    return true
  }

  package mutating func readNumber() throws(Failure) -> Double {
    skipSpace()
    let start = position
    var integer = 0
    var isShort = true
    while let byte = current {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): if position - start < 15 { integer = integer * 10 + Int(byte - 48) }
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isShort = false
      default:
        return try number(from: start, integer: integer, isShort: isShort)
      }
      position += 1
    }
    return try number(from: start, integer: integer, isShort: isShort)
  }

  private mutating func number(from start: Int, integer: Int, isShort: Bool) throws(Failure) -> Double {
    let length = position - start
    let hasLeadingZero = length > 1 && bytes[start] == UInt8(ascii: "0") && (48...57).contains(bytes[start + 1])
    if isShort, length > 0, length < 15, !hasLeadingZero { return Double(integer) }
    // Double(_:) also accepts "+1", "1." and ".5", which are not JSON.
    let first = length > 0 ? bytes[start] : 0
    guard length > 0, length <= 400, !hasLeadingZero, first != UInt8(ascii: "+"), first != UInt8(ascii: "."),
      bytes[position - 1] != UInt8(ascii: "."), let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
      value.isFinite
    else {
      position = start
      throw failure()
    }
    return value
  }

  package mutating func readString() throws(Failure) -> String {
    skipSpace()
    let raw = try readStringBytes()
    return hasEscape ? UnescapedText.text(raw) : String(decoding: raw, as: UTF8.self)
  }

  /// Decodes a member's name from ``readObject(_:)``.
  package func text(of name: ArraySlice<UInt8>) -> String {
    name.contains(UInt8(ascii: "\\")) ? UnescapedText.text(name) : String(decoding: name, as: UTF8.self)
  }

  /// The bytes between the quotes, with escapes undecoded.
  private mutating func readStringBytes() throws(Failure) -> ArraySlice<UInt8> {
    guard current == UInt8(ascii: "\"") else { throw failure() }
    let start = position + 1
    var index = start
    hasEscape = false
    while true {
      index = bytes.withUnsafeBytes { JSONText.plainEnd($0, from: index) }
      guard index < bytes.count else { throw failure() }
      switch bytes[index] {
      case UInt8(ascii: "\""):
        position = index + 1
        return bytes[start..<index]
      case UInt8(ascii: "\\"):
        hasEscape = true
        index += try escapeLength(at: index)
      // Strings can't contain line breaks; an unterminated one is reported at its start.
      default: throw failure()
      }
    }
  }

  /// The length of an escape, in bytes. A text that is skipped must be JSON as well: others copy it.
  private func escapeLength(at index: Int) throws(Failure) -> Int {
    guard index + 1 < bytes.count else { throw failure() }
    guard bytes[index + 1] == UInt8(ascii: "u") else {
      guard UnescapedText.byte(bytes[index + 1]) != nil else { throw failure() }
      return 2
    }
    guard index + 6 <= bytes.count, bytes[index + 2..<index + 6].allSatisfy(Self.isHexadecimal) else { throw failure() }
    return 6
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }

  /// Skips one value of any kind.
  package mutating func skipValue() throws(Failure) {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): try readObject { reader, _ throws(Failure) in try reader.skipValue() }
    case UInt8(ascii: "["): try readArray { reader throws(Failure) in try reader.skipValue() }
    case UInt8(ascii: "\""): _ = try readStringBytes()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try readBool()
    case UInt8(ascii: "n"): guard takeNull() else { throw failure() }
    default: _ = try readNumber()
    }
  }
}
