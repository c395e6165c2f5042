import Testing

@testable import FleetNetwork

struct DynamoClockTests {
  /// Replies to requests every 0.7 s that take 20 ms, from a clock that is some ms ahead.
  private func learned(_ ahead: Int64, replies: Int64 = 10) -> DynamoClock {
    var clock = DynamoClock()
    for index in 0..<replies {
      let sent = 1_800_000_000_000 + index * 700
      _ = clock.learn((sent + 10 + ahead) / 1_000 * 1_000, sentAt: sent, receivedAt: sent + 20)
    }
    return clock
  }

  @Test(arguments: [0, 500, -500, 990, -990] as [Int64])
  func aSecondIsLeftAsItIs(ahead: Int64) { #expect(learned(ahead).correction == 0) }

  @Test(arguments: [1_500, -1_500, 3_600_000, -86_400_000] as [Int64])
  func moreIsCorrected(ahead: Int64) {
    #expect(abs(learned(ahead).correction - ahead) <= 110)
    if abs(ahead) > 2_000 { #expect(abs(learned(ahead, replies: 1).correction - ahead) <= 520) }
  }

  /// Each warning is a line in somebody's log.
  @Test(arguments: [1_000, 1_200, -3_600_000] as [Int64])
  func oneChangeIsToldOnce(ahead: Int64) {
    var clock = DynamoClock()
    var told = 0
    for index in 0..<1_000 as Range<Int64> {
      // It drifts by a millisecond a minute.
      let (sent, ahead) = (1_800_000_000_000 + index * 700, ahead + index / 85)
      if clock.learn((sent + 10 + ahead) / 1_000 * 1_000, sentAt: sent, receivedAt: sent + 20) { told += 1 }
    }
    #expect(told <= 1)
  }

  @Test func aClockThatIsSetIsFollowed() {
    var clock = learned(0)
    let changed = clock.learn(1_800_003_600_000, sentAt: 1_800_000_010_000, receivedAt: 1_800_000_010_020)
    #expect(changed && clock.correction > 3_500_000)
    let back = clock.learn(1_800_000_011_000, sentAt: 1_800_000_011_000, receivedAt: 1_800_000_011_020)
    #expect(back && clock.correction == 0)
  }
}
