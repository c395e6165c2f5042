import Bedquota
import Foundation
import Reports
import Testing

struct CheckViewTests {
  private func view(_ invocations: [Double], _ throttles: [Double] = []) throws -> CheckView {
    let window = try UsageWindow(
      start: Sample.start, end: Sample.start + 180, period: .seconds(60), now: Sample.start + 7_200)
    let check = QuotaCheck()
    let report = Sample.report(window, invocations: invocations, throttles: throttles)
    return CheckView(check.verdicts(on: [report]).filter { $0.measure == .rpm }, by: check, time: Sample.time)
  }

  @Test func aLineHasPerformanceData() throws {
    #expect(
      try view([10, 190, 20], [0, 3]).text(usesColor: false)
        == "CRITICAL us.amazon.nova-pro-v1:0 rpm: 95.00 % used, 190 of 200 at 2026-11-24 10:01 UTC, 3 throttled (L-R) | 'us.amazon.nova-pro-v1:0 rpm'=190;160;190;0;200"
    )
  }

  /// What a plugin prints ends at the bar, and a name may hold one.
  @Test func aNameCantAddABar() throws {
    var verdicts = try view([10]).verdicts
    verdicts[0].id = "a|\u{301}b'c=d"
    let text = CheckView(verdicts, by: QuotaCheck(), time: Sample.time).text(usesColor: false)
    #expect(text.hasPrefix("OK a/\u{301}b'c=d rpm: ") && text.count(where: { $0 == "|" }) == 1)
    #expect(text.contains(" | 'a/\u{301}bc-d rpm'="))
  }

  private struct Payload: Decodable {
    var status: String
    var at: String
    var value: Double
    var message: String
  }

  @Test func jsonHoldsTheSameInFull() throws {
    let payload = try JSONDecoder().decode([Payload].self, from: Data(view([10, 160, 20]).json().utf8))
    #expect(payload.map(\.status) == ["warning"] && payload[0].at == "2026-11-24T10:01:00Z" && payload[0].value == 160)
    #expect(payload[0].message == "80.00 % used, 160 of 200 at 2026-11-24 10:01 UTC (L-R)")
  }
}
