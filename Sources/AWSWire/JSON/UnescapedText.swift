/// A text that is written from the bytes of a JSON string, whose escapes are valid. Half of a surrogate pair becomes a replacement
/// character.
struct UnescapedText {
  private let out: UnsafeMutableBufferPointer<UInt8>
  private var count = 0
  /// The first half of a pair, whose other half may come next.
  private var high: UInt32?

  /// - Parameter raw: the bytes between the quotes. The text is never longer.
  static func text(_ raw: ArraySlice<UInt8>) -> String {
    String(unsafeUninitializedCapacity: raw.count) { out in
      var text = UnescapedText(out: out)
      raw.withUnsafeBytes { text.write($0) }
      return text.count
    }
  }

  private init(out: UnsafeMutableBufferPointer<UInt8>) { self.out = out }

  private mutating func write(_ raw: UnsafeRawBufferPointer) {
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < raw.count else {
        // At least one byte, whatever it is.
        let end = JSONText.plainEnd(raw, from: index + 1)
        append(UnsafeRawBufferPointer(rebasing: raw[index..<end]))
        index = end
        continue
      }
      if raw[index + 1] == UInt8(ascii: "u"), index + 6 <= raw.count {
        append(unit: raw[index + 2..<index + 6].reduce(0) { $0 << 4 | Self.digit($1) })
        index += 6
      } else {
        endPair()
        append(Self.byte(raw[index + 1]) ?? raw[index + 1])
        index += 2
      }
    }
    endPair()
  }

  private mutating func append(_ run: UnsafeRawBufferPointer) {
    endPair()
    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(out)[count...]).copyMemory(from: run)
    count += run.count
  }

  private mutating func append(_ byte: UInt8) {
    out[count] = byte
    count += 1
  }

  private mutating func append(unit: UInt32) {
    if let first = high, (0xDC00...0xDFFF).contains(unit) {
      high = nil
      return append(scalar: 0x10000 + (first - 0xD800) << 10 + (unit - 0xDC00))
    }
    endPair()
    if (0xD800...0xDBFF).contains(unit) { high = unit } else { append(scalar: unit) }
  }

  private mutating func endPair() {
    guard high != nil else { return }
    high = nil
    append(scalar: 0xFFFD)
  }

  private mutating func append(scalar: UInt32) {
    for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter { append(byte) }
  }

  private static func digit(_ byte: UInt8) -> UInt32 { UInt32(byte & 0x0F) + (byte & 0x40 != 0 ? 9 : 0) }

  /// The byte that a letter after a backslash stands for; nil if there is no such escape.
  static func byte(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }
}
