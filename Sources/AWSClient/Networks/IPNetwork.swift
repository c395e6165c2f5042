import Foundation

/// An IP address, or a network of them in CIDR notation.
struct IPNetwork: Sendable, Equatable {
  /// 4 or 16.
  private let bytes: [UInt8]
  private let prefixBits: Int

  /// Reads `10.1.2.3`, `10.0.0.0/8`, `fd00::1` or `fd00::/8`; nil if the text is none of these.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let bytes = Self.bytes(of: String(parts[0])) else { return nil }
    self.bytes = bytes
    guard parts.count == 2 else {
      prefixBits = bytes.count * 8
      return
    }
    guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
    prefixBits = bits
  }

  private static func bytes(of address: String) -> [UInt8]? {
    var v4 = in_addr()
    if inet_pton(AF_INET, address, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
    var v6 = in6_addr()
    if inet_pton(AF_INET6, address, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
    return nil
  }

  /// Whether all of another network is in this one.
  func contains(_ other: IPNetwork) -> Bool {
    guard bytes.count == other.bytes.count, other.prefixBits >= prefixBits else { return false }
    let (whole, rest) = prefixBits.quotientAndRemainder(dividingBy: 8)
    guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
    return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
  }
}
