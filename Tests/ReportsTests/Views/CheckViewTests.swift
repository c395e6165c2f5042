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
    let verdicts = check.verdicts(on: [report]).filter { $0.measure == .rpm }
    return CheckView(verdicts, status: verdicts[0].status, by: check, time: Sample.time)
  }

  @Test func theFirstLineHasTheAnswerAndAllPerformanceData() throws {
    let text = "us.amazon.nova-pro-v1:0 rpm: 95.00 % used, 190 of 200 at 2026-11-24 10:01 UTC, 3 throttled (L-R)"
    #expect(
      try view([10, 190, 20], [0, 3]).text(usesColor: false)
        == """
        BEDROCK QUOTA CRITICAL - \(text) | 'us.amazon.nova-pro-v1:0 rpm'=190;160;190;0;200 'us.amazon.nova-pro-v1:0 throttled'=1.35%;1;10;0;100
        CRITICAL \(text)
        """)
  }

  @Test func theFirstLineCountsTheOthers() throws {
    let window = try UsageWindow(start: Sample.start, end: Sample.start + 180, period: .seconds(60), now: Sample.start + 7_200)
    let check = QuotaCheck()
    let result = check.result(of: [Sample.report(window, invocations: [10, 170, 20], throttles: [0, 60, 0])], areNamed: true)
    let lines = CheckView(result.verdicts, status: result.status, by: check, time: Sample.time).text(usesColor: false)
      .split(separator: "\n")
    #expect(
      lines.count == 4
        && lines[0].hasPrefix("BEDROCK QUOTA CRITICAL - us.amazon.nova-pro-v1:0 throttling: 23.08 % throttled, 60 of 260"))
    #expect(lines[0].contains("(1 critical, 1 warning, 1 ok) | "))
    #expect(lines[1].hasPrefix("CRITICAL us.amazon.nova-pro-v1:0 throttling: ") && lines[2].hasPrefix("WARNING "))
    #expect(lines.dropFirst().allSatisfy { !$0.contains("|") })
  }

  @Test func nothingWasUsed() {
    let text = CheckView([], status: .ok, by: QuotaCheck(), time: Sample.time).text(usesColor: false)
    #expect(text == "BEDROCK QUOTA OK - no model had traffic in this time")
  }

  @Test func aValueThatIsNotKnown() throws {
    var view = try view([10])
    (view.status, view.verdicts[0].status, view.verdicts[0].note) = (.unknown, .unknown, "CloudWatch gave a part")
    let text = view.text(usesColor: false)
    #expect(text.hasPrefix("BEDROCK QUOTA UNKNOWN - us.amazon.nova-pro-v1:0 rpm: CloudWatch gave a part | '"))
    #expect(text.contains("rpm'=U;160;190;0;200 "))
  }

  /// What a plugin prints ends at the bar, and a name may hold one.
  @Test func aNameCantAddABar() throws {
    var view = try view([10])
    view.verdicts[0].id = "a|\u{301}b'c=d"
    let text = view.text(usesColor: false)
    #expect(text.hasPrefix("BEDROCK QUOTA OK - a/\u{301}b'c=d rpm: ") && text.count(where: { $0 == "|" }) == 1)
    #expect(text.contains(" | 'a\u{301}bc-d rpm'="))
    #expect(CheckView.failure("a | b\nc") == "BEDROCK QUOTA UNKNOWN - a / b c")
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
