import AdmissionSimulation

/// Random numbers for tests, which a seed decides. The numbers are those of ``Random``; ranges are drawn as the standard library does.
struct Generator: RandomNumberGenerator {
  private var random: Random

  init(seed: Int) { random = Random(seed: UInt64(seed)) }

  mutating func next() -> UInt64 { random.next() }
  mutating func int(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}
