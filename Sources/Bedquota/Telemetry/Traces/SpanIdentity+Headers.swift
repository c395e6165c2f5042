import Foundation

/// Identities as the headers `traceparent` and `tracestate` carry them.
///
/// Source: w3.org/TR/trace-context-2/
extension SpanIdentity {
  /// The longest `tracestate` that goes on; the standard asks for at least 512 bytes.
  private static let stateBytesMax = 4_096

  /// - Parameter tracestate: left out if it is not valid.
  /// - Returns: nil if the `traceparent` is not valid: then a trace begins here.
  package init?(traceparent: String, tracestate: String? = nil) {
    let bytes = Array(traceparent.utf8)
    guard bytes.count >= 55, bytes.count <= 512, [2, 35, 52].allSatisfy({ bytes[$0] == Self.dash }) else { return nil }
    guard let version = Self.number(bytes[0..<2]), let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
      let span = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55])
    else { return nil }
    guard version != 0xFF, high != 0 || low != 0, span != 0 else { return nil }
    // Later versions may have more behind it.
    guard bytes.count == 55 || version > 0 && bytes[55] == Self.dash && bytes[55...].allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    self.init(
      high: high, low: low, span: span, flags: UInt8(flags) & (Self.sampled | Self.random),
      state: tracestate.flatMap { Self.isValid(state: $0) ? $0 : nil }, isRemote: true)
  }

  /// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`
  package var traceparent: String { "00-\(traceID)-\(spanID)-0\(flags & (Self.sampled | Self.random))" }

  private static let blanks = CharacterSet(charactersIn: " \t")
  private static let dash = UInt8(ascii: "-")

  /// - Parameter digits: at most 16 hexadecimal ones; capitals are not valid.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }

  private static func isValid(state: String) -> Bool {
    guard state.utf8.count <= stateBytesMax else { return false }
    // A member may be empty, and may have blanks and tabs around it.
    let members = state.split(separator: ",").map { $0.trimmingCharacters(in: blanks) }.filter { !$0.isEmpty }
    return !members.isEmpty && members.count <= 32 && members.allSatisfy(isStateMember)
  }

  /// `rojo=00f067aa0ba902b7`, `fw529a3039@dt=FfAw`
  private static func isStateMember(_ member: String) -> Bool {
    let halves = member.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
    guard halves.count == 2, let first = halves[0].first, first != dash, !"_*/@".utf8.contains(first) else { return false }
    return halves[0].count <= 256 && halves[0].allSatisfy(isKeyByte) && (1...256).contains(halves[1].count)
      && halves[1].allSatisfy { (0x20...0x7E).contains($0) }
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "_-*/@".utf8.contains(byte)
    }
  }
}
