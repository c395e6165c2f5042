import AWSWire
import AdmissionSimulation
import Foundation

/// Changes JSON: values that stay JSON, and bytes that may not.
enum Mutator {
  /// Values at which readers often go wrong.
  private static let oddities = [
    "0", "-1", "1.5", "9e18", "-9e18", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308", "-1e308",
    "1e400", "1e-400", "NaN", "\"NaN\"", "\"Infinity\"", "null", "true", "\"\"", "\"\\u0000\\u001b[31m\"", "\"\\ud800\"", "[]",
    "{}",
    "[null]", "{\"a\":{\"b\":[]}}", "\"-1\"", "1000000001", "1000000000000", "0.1", "-0",
  ]

  static func oddity(_ random: inout Random) -> String {
    switch random.below(40) {
    case 0: "\"" + String(repeating: "x", count: 1 + random.below(3_000)) + "\""
    case 1: String(repeating: "9", count: 1 + random.below(1_000))
    case 2: String(repeating: "[", count: random.below(600)) + String(repeating: "]", count: random.below(600))
    default: random.pick(oddities)
    }
  }

  private static let numbers = [
    "0", "-1", "0.5", "1e15", "9e18", "-9e18", "1e308", "-1e308", "1e-308", "9223372036854775807", "1000000000001",
  ]
  private static let texts = [
    #""""#, #""x""#, #""\u0000\u001b[31m""#, #""é🚀\u202e""#, #""/:.-""#, #""arn:aws:bedrock:::""#, #""us.""#, #""ON_DEMAND""#,
  ]

  /// The same JSON with other numbers and texts in some places, so that what its reader expects is still there.
  static func refilled(_ json: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = json
    for _ in 0...random.below(3) {
      let starts = bytes.indices.dropLast().filter { bytes[$0] == UInt8(ascii: ":") && (48...57).contains(bytes[$0 + 1]) }
      let texts = bytes.indices.dropLast().filter { bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: "\"") }
      let isNumber = random.chance(0.6)
      let places = isNumber ? starts : texts
      guard !places.isEmpty else { continue }
      let start = random.pick(places) + 1
      let rest = bytes[(start + 1)...]
      let end =
        isNumber
        ? rest.firstIndex { !(43...57).contains($0) && $0 != 0x65 && $0 != 0x45 } ?? bytes.endIndex
        : (rest.firstIndex(of: UInt8(ascii: "\"")) ?? bytes.endIndex - 1) + 1
      bytes.replaceSubrange(start..<end, with: (isNumber ? random.pick(numbers) : random.pick(self.texts)).utf8)
    }
    return bytes
  }

  /// The bytes of a JSON text, of which some parts are changed.
  static func mutated(_ json: [UInt8], _ random: inout Random) -> [UInt8] {
    if random.chance(0.05) { return json }
    if random.chance(0.7), var value = try? JSONValue(json) {
      var bytes = json
      for _ in 0...random.below(3) {
        var place = random.below(max(1, count(value)))
        bytes = rendered(value, replacing: &place, with: oddity(&random))
        guard let next = try? JSONValue(bytes) else { break }
        value = next
      }
      return bytes
    }
    var bytes = json
    for _ in 0...random.below(3) { damage(&bytes, &random) }
    return bytes
  }

  static func damage(_ bytes: inout [UInt8], _ random: inout Random) {
    guard !bytes.isEmpty else { return bytes = Array(oddity(&random).utf8) }
    let at = random.below(bytes.count)
    let length = min(1 + random.below(20), bytes.count - at)
    switch random.below(7) {
    case 0: bytes[at] ^= 1 << UInt8(random.below(8))
    case 1: bytes.removeLast(bytes.count - at)
    case 2: bytes.removeSubrange(at..<at + length)
    case 3: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
    case 4: bytes.insert(contentsOf: oddity(&random).utf8, at: at)
    case 5: bytes[at] = random.pick([0, 0x0A, 0x0D, 0x22, 0x5C, 0x7B, 0x7D, 0x2C, 0xC3, 0xFF])
    default:
      let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
      guard let digit = digits.isEmpty ? nil : random.pick(digits) else { return }
      bytes.replaceSubrange(digit...digit, with: oddity(&random).utf8)
    }
  }

  /// The number of values in a tree.
  private static func count(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + elements.reduce(0) { $0 + count($1) }
    case .object(let members): 1 + members.reduce(0) { $0 + count($1.value) }
    default: 1
    }
  }

  /// - Parameter place: counts down to the value that is replaced.
  private static func rendered(_ value: JSONValue, replacing place: inout Int, with text: String) -> [UInt8] {
    place -= 1
    if place == -1 { return Array(text.utf8) }
    switch value {
    case .array(let elements):
      var parts: [[UInt8]] = []
      for element in elements {
        parts.append(rendered(element, replacing: &place, with: text))
      }
      return [0x5B] + Array(parts.joined(separator: [0x2C])) + [0x5D]
    case .object(let members):
      var parts: [[UInt8]] = []
      for member in members {
        parts.append(Array(JSONValue.string(member.name).data) + [0x3A] + rendered(member.value, replacing: &place, with: text))
      }
      return [0x7B] + Array(parts.joined(separator: [0x2C])) + [0x7D]
    default: return Array(value.data)
    }
  }
}
