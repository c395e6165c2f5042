import AWSWire

extension Hex {
  /// Parses hexadecimal digits; nil for any other text.
  static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      guard let digit = digits.firstIndex(of: character).map(UInt8.init) else { return nil }
      if let first = high { bytes.append(first << 4 | digit) }
      high = high == nil ? digit : nil
    }
    return high == nil ? bytes : nil
  }
}
