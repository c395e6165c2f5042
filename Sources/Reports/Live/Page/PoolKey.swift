/// The id of a pool's card in the page. No two pools have the same.
struct PoolKey: Hashable, Sendable, Comparable {
  let text: String

  init(_ pool: LiveStatus.Pool) {
    text = "p-" + [pool.id, pool.region, pool.account, pool.endpoint].map(Self.safe).joined(separator: "+")
  }

  /// The part of the card that changes with each request.
  var now: String { text + "/now" }
  /// The part of the card that changes by the minute.
  var hour: String { text + "/hour" }

  static func < (left: Self, right: Self) -> Bool { left.text < right.text }

  /// Letters, digits, `-` and `.` stay; any other byte becomes `_` and two digits.
  private static func safe(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."):
        bytes.append(byte)
      default:
        let digits = String(byte, radix: 16)
        bytes += Array("_\(digits.count < 2 ? "0" : "")\(digits)".utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
