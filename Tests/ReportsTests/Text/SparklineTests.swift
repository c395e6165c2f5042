import Testing

@testable import Reports

struct SparklineTests {
  @Test(
    arguments: [
      ([0, 1, 2, 4], "▁▃▅█"), ([0, 0], "▁▁"), ([.nan, 3], " █"), ([], ""),
    ] as [([Double], String)])
  func barsAreRelativeToTheHighest(values: [Double], text: String) { #expect(Sparkline.draw(values) == text) }

  @Test func aColumnOfSeveralValuesShowsTheHighest() {
    #expect(Sparkline.draw([1, 8, 0, 4], width: 2) == "█▅")
  }
}
