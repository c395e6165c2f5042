import BedrockQuotas
import Testing

/// Conversion of figures that may be anything.
struct SaturatingTests {
  @Test(
    arguments: [
      (0, 0), (-1.9, -1), (1.9, 1), (1e30, .max), (-1e308, .min), (.infinity, .max), (-.infinity, .min), (.nan, 0),
      (9_223_372_036_854_775_808, .max), (-9_223_372_036_854_775_808, .min), (9_007_199_254_740_992, 9_007_199_254_740_992),
    ] as [(Double, Int)])
  func theNearestIsTaken(value: Double, expected: Int) { #expect(Int(saturating: value) == expected) }

  @Test func otherTypes() {
    #expect(UInt8(saturating: 300) == 255 && UInt8(saturating: -1) == 0 && Int64(saturating: 1e19) == .max)
  }

  @Test(arguments: [.nan, .infinity, -.infinity, 1e308, -1e308, 1e15, -1e15, 0.004, -0.005, -5] as [Double])
  func wordsForAnyNumber(value: Double) {
    for text in [
      NumberText.whole(value), NumberText.compact(value), NumberText.significant(value), NumberText.percent(value),
      NumberText.finePercent(value), NumberText.ratio(value, 1),
    ] { #expect(!text.isEmpty) }
  }

  @Test(arguments: [0, 1, 1_000_000_000, .max]) func roomForAnyNumber(tokens: Int) { #expect(NumberText.roomy(tokens) >= 1) }
}
