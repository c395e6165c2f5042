/// Tests of single bytes.
enum ASCII {
  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

  /// Whether bytes in lower case contain a text; fast for short texts.
  static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = text.utf8
    guard let first = wanted.first, bytes.count >= wanted.count else { return false }
    for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
      if wanted.elementsEqual(bytes[start..<(start + wanted.count)]) { return true }
    }
    return false
  }
}
