/// Numbers that look random and are not: SplitMix64 over what they are for.
struct TrafficRandom {
  private(set) var state: UInt64

  @inline(__always)
  init(_ seed: UInt64, _ first: UInt64, _ second: UInt64) {
    state = seed
    _ = next()
    state ^= first &* 0xD6E8_FEB8_6659_FD93
    _ = next()
    state ^= second &* 0xA076_1D64_78BD_642F
    state = next()
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0..<1
  @inline(__always)
  mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

  @inline(__always)
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * share() }

  /// A whole number whose mean over many draws is `mean`.
  @inline(__always)
  mutating func whole(_ mean: Double) -> Double { (mean + share()).rounded(.down) }
}
