import Testing

@testable import Gateway

struct WaitTextTests {
  @Test(
    arguments: [
      ("30s", 30), ("30", 30), ("1.5", 1.5), ("10m", 600), ("1h", 3_600), ("1h2m3s", 3_723), ("250ms", 0.25), ("1.5h", 5_400),
      ("0", 0), ("0s", 0), ("99999999h", 31_622_400),
    ] as [(String, Double)])
  func readsDurations(text: String, seconds: Double) { #expect(WaitText.duration(text) == .seconds(seconds)) }

  @Test(arguments: [
    "", "s", "-1s", "1d", "1 s", "1s2", "1..2s", "１s", "1e5", "inf", "nan", "30s;", String(repeating: "1", count: 99),
  ])
  func refusesOtherText(text: String) { #expect(WaitText.duration(text) == nil) }
}
