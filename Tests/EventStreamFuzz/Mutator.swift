import AWSWire

/// Makes damaged streams from valid frames. They follow from the seed.
struct Mutator {
  private static let poolSize = 1_024
  /// Values at which lengths and counts often go wrong.
  private static let lengths: [UInt32] = [
    0, 1, 4, 11, 12, 15, 16, 17, 31, 32, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 131_072, 131_073, 25_165_840,
    25_165_841, 25_296_912, 25_296_913, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF,
  ]

  var random: SplitMix
  private var pool: [[UInt8]] = []

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    for _ in 0..<Self.poolSize { pool.append(FrameMaker.message(&random).encoded()) }
  }

  /// One to three frames, one of which is mutated in at least four of five cases.
  mutating func next() -> [UInt8] {
    // Making valid frames is slow, so each is used about ten times.
    if random.chance(10) { pool[random.below(pool.count)] = FrameMaker.message(&random).encoded() }
    var frame = random.pick(pool)
    if !random.chance(10) {
      for _ in 0...random.below(3) { mutate(&frame) }
      repair(&frame)
    }
    guard random.chance(25) else { return frame }
    let before = random.chance(70) ? random.pick(pool) : []
    return before + frame + (random.chance(50) ? random.pick(pool) : [])
  }

  private mutating func mutate(_ frame: inout [UInt8]) {
    guard !frame.isEmpty else { return }
    let at = random.below(frame.count)
    let count = min(random.below(16), frame.count - at)
    switch random.below(10) {
    case 0: frame[at] ^= 1 << UInt8(random.below(8))
    case 1: frame[at] = random.pick([0, 1, 6, 7, 9, 10, 0x7F, 0x80, 0xC3, 0xFF])
    case 2: frame.removeLast(frame.count - at)
    case 3: frame.removeSubrange(at..<at + count)
    case 4: frame.insert(contentsOf: random.bytes(count), at: at)
    case 5: frame.insert(contentsOf: Array(frame[at..<at + count]), at: at)
    case 6:
      let other = random.pick(pool)
      frame.replaceSubrange(at..., with: other[random.below(other.count)...])
    case 7: write(length(near: frame.count), 4, at: random.chance(50) ? 0 : 4, &frame)
    case 8: write(UInt32(random.below(40)), 2, at: 12 + random.below(max(frame.count - 16, 1)), &frame)
    default: write(length(near: frame.count), 2, at: 12 + random.below(max(frame.count - 16, 1)), &frame)
    }
  }

  private mutating func length(near count: Int) -> UInt32 {
    random.chance(50) ? random.pick(Self.lengths) : UInt32(max(0, count - 20 + random.below(24)))
  }

  /// Repairs both checksums, one or none, so that the code behind the checks is reached too.
  private mutating func repair(_ frame: inout [UInt8]) {
    let how = random.below(10)
    guard how > 1, frame.count >= 16 else { return }
    if how > 4 { write(UInt32(frame.count), 4, at: 0, &frame) }
    if how > 6, random.chance(50) { write(UInt32(random.below(frame.count - 15)), 4, at: 4, &frame) }
    write(CRC32.checksum(frame, 0..<8), 4, at: 8, &frame)
    if how > 2 { write(CRC32.checksum(frame, 0..<frame.count - 4), 4, at: frame.count - 4, &frame) }
  }

  private func write(_ value: UInt32, _ size: Int, at offset: Int, _ frame: inout [UInt8]) {
    guard offset + size <= frame.count else { return }
    for index in 0..<size { frame[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * (size - 1 - index))) }
  }
}
