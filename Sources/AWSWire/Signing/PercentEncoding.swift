/// Percent-encoding of RFC 3986 and signature version 4: every byte except `A–Z a–z 0–9 - . _ ~`, in upper-case hex.
package enum PercentEncoding {
  /// Encodes a text's UTF-8 bytes.
  /// - Parameter keepSlash: leaves `/` as it is, for paths.
  package static func encode(_ text: some StringProtocol, keepSlash: Bool = false) -> String {
    encode(bytes: text.utf8, keepSlash: keepSlash)
  }

  /// Decodes and encodes again, so that all spellings of the same bytes become equal.
  package static func normalize(_ text: some StringProtocol) -> String {
    encode(bytes: decodeBytes(text), keepSlash: false)
  }

  private static func encode(bytes: some Collection<UInt8>, keepSlash: Bool) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 16)
    for byte in bytes {
      if isUnreserved(byte) || (keepSlash && byte == UInt8(ascii: "/")) {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "%"))
        out.append(upperDigit(byte >> 4))
        out.append(upperDigit(byte & 15))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Decodes `%XX`; any other `%` is kept.
  private static func decodeBytes(_ text: some StringProtocol) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return out
  }

  private static func upperDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + (nibble - 10)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
    default: nil
    }
  }
}
