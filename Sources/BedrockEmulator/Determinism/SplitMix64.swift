/// A random number generator that gives the same numbers for the same seed, on every machine.
///
/// Source: Sebastiano Vigna, SplitMix64, 2015.
struct SplitMix64: RandomNumberGenerator {
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// The state; with it as a seed, another generator continues the sequence.
  var state: UInt64

  init(seed: UInt64) { state = seed }

  @inline(__always)
  mutating func next() -> UInt64 {
    defer { state &+= Self.increment }
    return Self.mix(state)
  }

  /// A number in 0..<1.
  @inline(__always)
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A hash of a number: the first number of the generator with this seed.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ increment
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
