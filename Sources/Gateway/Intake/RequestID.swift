import Synchronization

/// Ids of requests, in the form of AWS's: a UUID of version 4 in lower case. They are unique and say nothing, but nobody's safety
/// rests on them, so they are not drawn from the system's random numbers, whose reading takes longer than routing.
enum RequestID {
  private static let start = UInt64.random(in: .min ... .max)
  private static let last = Atomic<UInt64>(.random(in: .min ... .max))
  private static let digits = Array("0123456789abcdef".utf8)

  static func next() -> String {
    let count = last.wrappingAdd(1, ordering: .relaxed).newValue
    let high = mixed(count &+ start) & ~0xF000 | 0x4000
    let low = mixed(high ^ count) & ~(0b11 << 62) | 0b10 << 62
    return String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        let half = index < 16 ? high : low
        text[place] = digits[Int(half >> (60 - 4 * UInt64(index % 16)) & 0xF)]
        place += 1
      }
      return place
    }
  }

  /// The finalizer of SplitMix64, which maps different numbers to different ones (Steele et al., OOPSLA 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
