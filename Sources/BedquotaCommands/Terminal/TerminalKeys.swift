import Reports

/// Makes keys of the bytes that a terminal sends.
///
/// Sources: invisible-island.net/xterm/ctlseqs/ctlseqs.html ("PC-Style Function Keys"), and the keys of rxvt and the Linux console.
struct TerminalKeys {
  /// For how long the rest of a sequence is awaited after Esc, which is also a key by itself.
  static let patience = Duration.milliseconds(60)
  private static let sequenceMax = 32

  /// The beginning of a sequence, or of a character in UTF-8.
  private var begun: [UInt8] = []

  /// Whether it depends on the next byte what the last ones mean. If none comes for a while, call ``waited()``.
  var isWaiting: Bool { !begun.isEmpty }

  mutating func read(_ bytes: some Sequence<UInt8>) -> [TerminalKey] {
    var keys: [TerminalKey] = []
    for byte in bytes { read(byte, &keys) }
    return keys
  }

  /// What has begun is not going to end: Esc was a key, anything else is dropped.
  mutating func waited() -> [TerminalKey] {
    defer { begun = [] }
    return begun == [0x1B] ? [.escape] : []
  }

  private mutating func read(_ byte: UInt8, _ keys: inout [TerminalKey]) {
    guard let first = begun.first else { return start(byte, &keys) }
    if first == 0x1B {
      escape(byte, &keys)
    } else if byte & 0xC0 == 0x80 {
      begun.append(byte)
      guard begun.count == Self.length(first) else { return }
      // What is no UTF-8 is no key.
      if let text = String(validating: begun, as: UTF8.self), let character = text.first { keys.append(.character(character)) }
      begun = []
    } else {
      begun = []
      start(byte, &keys)
    }
  }

  private mutating func start(_ byte: UInt8, _ keys: inout [TerminalKey]) {
    switch byte {
    case 0x1B: begun = [byte]
    case 0x09: keys.append(.tab)
    case 0x0A, 0x0D: keys.append(.enter)
    case 0x08, 0x7F: keys.append(.backspace)
    case 0x01...0x1A: keys.append(.control(Character(Unicode.Scalar(byte + 0x60))))
    case 0x20..<0x7F: keys.append(.character(Character(Unicode.Scalar(byte))))
    default: if Self.length(byte) > 1 { begun = [byte] }
    }
  }

  /// The bytes of a character that begins with this one; 1 if none does.
  private static func length(_ byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  /// A byte after Esc.
  private mutating func escape(_ byte: UInt8, _ keys: inout [TerminalKey]) {
    if begun.count == 1 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "O"): begun.append(byte)
      case 0x1B: keys.append(.escape)
      default:
        // Two keys that came at once; with Alt, terminals send the same.
        begun = []
        keys.append(.escape)
        start(byte, &keys)
      }
      return
    }
    begun.append(byte)
    switch byte {
    // Of function keys, the Linux console sends `ESC [ [ A`.
    case UInt8(ascii: "[") where begun.count == 3 && begun[1] == UInt8(ascii: "["): return
    case 0x40...0x7E:
      if let key = Self.key(begun.dropFirst(2)) { keys.append(key) }
      begun = []
    case 0x20..<0x40 where begun.count < Self.sequenceMax: return
    default:
      begun = []
      // A key that interrupts a sequence counts.
      if byte < 0x20 { start(byte, &keys) }
    }
  }

  /// - Parameter sequence: what comes after `ESC [` or `ESC O`. Parameters, such as those for Ctrl and Shift, don't matter.
  private static func key(_ sequence: ArraySlice<UInt8>) -> TerminalKey? {
    guard let last = sequence.last, sequence.first != UInt8(ascii: "[") else { return nil }
    switch last {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return .right
    case UInt8(ascii: "D"): return .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "Z"): return .backTab
    case UInt8(ascii: "M"): return sequence.count == 1 ? .enter : nil
    case UInt8(ascii: "~"): break
    default: return nil
    }
    switch Int(String(decoding: sequence.prefix { (48...57).contains($0) }, as: UTF8.self)) {
    case 1, 7: return .home
    case 4, 8: return .end
    case 3: return .delete
    case 5: return .pageUp
    case 6: return .pageDown
    default: return nil
    }
  }
}
