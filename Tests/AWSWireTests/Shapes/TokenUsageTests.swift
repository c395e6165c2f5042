import AWSWire
import Testing

/// Counts from outside never overflow what is computed with them.
struct TokenUsageTests {
  @Test(arguments: [(-5, 0), (0, 0), (7, 7), (1_000_000_001, 1_000_000_000), (.max, 1_000_000_000), (.min, 0)])
  func countsAreClamped(count: Int, expected: Int) {
    let usage = TokenUsage(input: count, output: count, cacheRead: count, cacheWrite: count)
    #expect(usage.input == expected && usage.output == expected && usage.cacheRead == expected && usage.cacheWrite == expected)
    #expect(usage.totalInput == 3 * expected)
  }
}
