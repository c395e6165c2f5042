/// Random numbers that follow from a seed and from their purpose, such as a model and a minute.
struct TrafficRandom {
  private var generator: SplitMix64

  @inline(__always)
  init(_ seed: UInt64, _ first: UInt64, _ second: UInt64) {
    generator = SplitMix64(seed: seed)
    _ = generator.next()
    generator.state ^= first &* 0xD6E8_FEB8_6659_FD93
    _ = generator.next()
    generator.state ^= second &* 0xA076_1D64_78BD_642F
    generator.state = generator.next()
  }

  /// The generator's state, a hash of the seed and the purpose.
  var state: UInt64 { generator.state }

  @inline(__always)
  mutating func next() -> UInt64 { generator.next() }

  /// A number in 0..<1.
  @inline(__always)
  mutating func share() -> Double { generator.unit() }

  @inline(__always)
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * share() }

  /// `mean`, rounded up or down at random, so that many draws have this mean.
  @inline(__always)
  mutating func whole(_ mean: Double) -> Double { (mean + share()).rounded(.down) }
}
