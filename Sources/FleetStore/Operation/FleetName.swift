import Crypto

/// Names as they stand in keys and fields of a store.
///
/// A name may come from anywhere. Letters, digits and `. _ : - /` stay as they are, and all other bytes of its UTF-8 become `%XX`.
/// So no name can move the hash tag of a key, match as a pattern, or end a text early. A name that would get longer than
/// ``bytesMax`` is cut, and a hash of the whole follows.
package enum FleetName {
  /// The longest encoded name, in bytes.
  package static let bytesMax = 120
  private static let prefixBytes = 60
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// - Parameter name: any text. The empty text becomes `~`, which no other name becomes.
  /// - Returns: ASCII of 1 to ``bytesMax`` bytes. Names that differ stay different.
  package static func encode(_ name: String) -> String { encode(name, keeping: "/") }

  /// The keys of all scopes, as a pattern of an access list.
  /// - Parameter prefix: of the fleet's address; may be empty.
  package static func keysPattern(prefix: String) -> String { keysStart(prefix: prefix) + "*" }

  /// What the keys of all scopes begin with.
  package static func keysStart(prefix: String) -> String {
    (prefix.isEmpty ? "" : encode(prefix) + ":") + "bq\(FleetState.protocolVersion):"
  }

  /// - Parameter also: characters that stay as they are, besides letters, digits and `. _ : -`.
  static func encode(_ name: String, keeping also: String) -> String {
    guard !name.isEmpty else { return "~" }
    var bytes: [UInt8] = []
    for byte in name.utf8 {
      // The hash replaces the rest, so the rest needs no encoding.
      guard bytes.count <= bytesMax else { break }
      if isPlain(byte) || also.utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    guard bytes.count > bytesMax else { return String(decoding: bytes, as: UTF8.self) }
    let hash = SHA256.hash(data: Array(name.utf8)).prefix(24).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: bytes.prefix(prefixBytes) + [UInt8(ascii: "~")] + hash, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
