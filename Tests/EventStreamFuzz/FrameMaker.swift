import AWSWire
import Foundation

/// Makes valid messages with all types of headers.
struct FrameMaker {
  private static let letters = Array("abcXYZ:-_ 019éü漢🚀")
  private static let numbers: [Int64] = [0, 1, -1, 127, -128, 32_767, .min, .max]

  static func message(_ random: inout SplitMix) -> EventStreamMessage {
    if random.chance(20) { return .event("contentBlockDelta", json: Data(random.bytes(random.below(60)))) }
    var headers: [EventStreamMessage.Header] = []
    for number in 0..<random.below(5) {
      // The number makes the names differ.
      headers.append(.init("\(number)" + text(&random, below: random.chance(3) ? 60 : 8), value(&random)))
    }
    let payload = random.chance(2) ? random.below(4_000) : random.below(50)
    return EventStreamMessage(headers: headers, payload: Data(random.bytes(payload)))
  }

  private static func text(_ random: inout SplitMix, below count: Int) -> String {
    String((0..<random.below(count)).map { _ in random.pick(letters) })
  }

  private static func value(_ random: inout SplitMix) -> EventStreamMessage.Value {
    let number = random.chance(50) ? random.pick(numbers) : Int64(bitPattern: random.next())
    return switch random.below(10) {
    case 0: .bool(true)
    case 1: .bool(false)
    case 2: .byte(Int8(truncatingIfNeeded: number))
    case 3: .short(Int16(truncatingIfNeeded: number))
    case 4: .integer(Int32(truncatingIfNeeded: number))
    case 5: .long(number)
    case 6: .bytes(Data(random.bytes(random.chance(2) ? random.below(70_000) : random.below(20))))
    case 7: .string(text(&random, below: 20))
    case 8: .timestamp(number)
    default: .uuid(random.bytes(16))
    }
  }
}
