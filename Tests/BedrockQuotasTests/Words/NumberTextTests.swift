import BedrockQuotas
import Testing

struct NumberTextTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-999, "-999"), (-1_234_567, "-1,234,567"), (.max, "9,223,372,036,854,775,807"),
    (.min, "-9,223,372,036,854,775,808"),
  ])
  func grouped(value: Int, text: String) { #expect(NumberText.grouped(value) == text) }

  @Test(arguments: [
    (0, "0"), (0.123, "0.12"), (33.33, "33.3"), (571.4, "571"), (9_999, "9,999"), (67_000, "67k"), (67_400, "67.4k"),
    (2e6, "2M"), (3e9, "3G"),
  ])
  func compact(value: Double, text: String) { #expect(NumberText.compact(value) == text) }

  @Test(arguments: [(0.0, "0 %", "0.0 %"), (0.004, "0.4 %", "0.4 %"), (0.04, "4 %", "4.0 %"), (0.316, "32 %", "32 %")])
  func percent(share: Double, text: String, fine: String) {
    #expect(NumberText.percent(share) == text && NumberText.finePercent(share) == fine)
  }

  @Test(arguments: [(86_400, "24 h"), (5_400, "90 min"), (9_000, "2.5 h")])
  func hours(seconds: Int, text: String) { #expect(NumberText.hours(seconds) == text) }

  @Test(arguments: [(1, 2), (3, 10), (499, 1_000), (500, 1_000), (501, 2_000)])
  func roomy(tokens: Int, text: Int) { #expect(NumberText.roomy(tokens) == text) }

  @Test func aRatioToNothingIsLeftOut() {
    #expect(NumberText.ratio(5, 4) == " (1.25 times as much)" && NumberText.ratio(5, 0) == "")
  }
}
