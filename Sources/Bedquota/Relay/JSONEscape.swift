/// Follows one escape in a JSON string, which may be cut anywhere.
struct JSONEscape: Sendable {
  /// The bytes of `\u0000`.
  static let bytesMax = 6

  private enum State: Sendable {
    case none, letter
    case digits(left: Int)
  }

  private var state = State.none
  private var unit = 0

  var isOpen: Bool { if case .none = state { false } else { true } }

  /// The backslash has passed.
  mutating func begin() { state = .letter }

  /// - Returns: the bytes of the character in UTF-8, at the end of the escape; of a surrogate, half of the pair's.
  mutating func add(_ byte: UInt8) -> Int {
    switch state {
    case .letter where byte == UInt8(ascii: "u"):
      (state, unit) = (.digits(left: 4), 0)
      return 0
    case .digits(let left):
      unit = unit << 4 | Self.digit(byte)
      state = left == 1 ? .none : .digits(left: left - 1)
      return left == 1 ? Self.length(unit) : 0
    case .letter, .none:
      state = .none
      return 1
    }
  }

  private static func digit(_ byte: UInt8) -> Int {
    Int(byte & 0x0F) + (byte & 0x40 != 0 ? 9 : 0)
  }

  private static func length(_ unit: Int) -> Int {
    switch unit {
    case ..<0x80: 1
    case ..<0x800, 0xD800...0xDFFF: 2
    default: 3
    }
  }
}
