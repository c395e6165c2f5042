import Testing

@testable import Reports

struct LiveFillTests {
  private static func bar(_ quota: LiveStatus.Quota, isUnicode: Bool = false) -> String? {
    LiveFill(quota).map { LiveGlyphs(isUnicode: isUnicode).bar($0, width: 10).text(usesColor: false) }
  }

  @Test(arguments: [
    (100.0, 0.0, ".........."), (50, 0, "#####....."), (50, 20, "###++....."), (50, 50, "+++++....."), (99.5, 0, ".........."),
    (98, 0, "#........."), (97, 1, "#+........"), (0.5, 0, "#########."), (0, 0, "##########"), (-30, 0, "##########"),
    (-30, 50, "########++"),
  ])
  func bars(level: Double, reserved: Double, bar: String) {
    let quota = LiveStatus.Quota(code: nil, name: nil, measure: "rpm", limit: 100, level: level, reserved: reserved)
    #expect(Self.bar(quota) == bar)
  }

  @Test func whatTheServiceDoesNotGrant() {
    var quota = LiveStatus.Quota(code: nil, name: nil, measure: "rpm", limit: 100, level: 60)
    quota.enforcedShare = 0.7
    #expect(Self.bar(quota) == "####...xxx" && Self.bar(quota, isUnicode: true) == "████···╳╳╳")
    quota.level = 10
    #expect(Self.bar(quota) == "#########x")
  }

  @Test func whatIsUnknownHasNoBar() {
    #expect(Self.bar(.init(code: nil, name: nil, measure: "rpm", limit: 100)) == nil)
    #expect(Self.bar(.init(code: nil, name: nil, measure: "rpm", limit: 0, level: 0)) == nil)
    #expect(Self.bar(.init(code: nil, name: nil, measure: "rpm", limit: 100, reserved: 10, used: 20)) == "##+.......")
  }

  @Test(arguments: [
    (0.0, "0 %"), (0.001, "<1 %"), (0.014, "1 %"), (0.5, "50 %"), (0.995, "99 %"), (1, "100 %"), (1.25, "125 %"), (-1, "0 %"),
  ])
  func percent(share: Double, text: String) {
    guard case .text(let shown, _) = LiveCell.percent(share) else {
      Issue.record("This is no text.")
      return
    }
    #expect(shown == text)
  }

  @Test(arguments: [
    (0.0, "0 s"), (0.44, "0.4 s"), (9.94, "9.9 s"), (12.4, "12 s"), (119, "119 s"), (180, "3 min"), (7_200, "2 h"),
    (260_000, "3 d"),
    (-5, "0 s"),
  ])
  func durations(seconds: Double, text: String) { #expect(LiveCell.duration(seconds) == text) }

  @Test(arguments: [
    (40, "us.anthropic.claude-sonnet-4-5…v1:0"), (28, "us.anth…aude-sonnet-4-5…v1:0"),
    (45, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    (1, "…"), (0, ""), (5, "u…1:0"),
  ])
  func cuts(columns: Int, text: String) {
    let cut = "us.anthropic.claude-sonnet-4-5-20250929-v1:0".cut(to: columns)
    #expect(cut.displayWidth <= columns)
    #expect(cut == text)
  }
}
