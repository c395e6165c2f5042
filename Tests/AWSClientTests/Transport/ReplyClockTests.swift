import AWSWire
import Testing

@testable import AWSClient

/// When a wait for a reply is too long; the times are the test's.
struct ReplyClockTests {
  private let start = ContinuousClock.now

  @Test func waitingForAConnectionIsNotSilence() {
    let clock = ReplyClock(ReplyLimits(silence: .seconds(3)), at: start)
    #expect(clock.expiry(at: start + .seconds(100)) == nil && !clock.isSentWhole)
    clock.begin(at: start + .seconds(100))
    #expect(clock.expiry(at: start + .seconds(102)) == nil)
    #expect(clock.expiry(at: start + .seconds(103)) == .silence)
    clock.begin(isLastPiece: true, at: start + .seconds(103))
    #expect(clock.isSentWhole && clock.expiry(at: start + .seconds(105)) == nil)
  }

  @Test func aDeadlineHoldsWhateverArrives() {
    let clock = ReplyClock(ReplyLimits(silence: .seconds(3), timeLeft: .seconds(5)), at: start)
    for second in 0..<5 {
      clock.begin(at: start + .seconds(second))
      #expect(clock.expiry(at: start + .seconds(second)) == nil)
    }
    #expect(clock.expiry(at: start + .seconds(5)) == .deadline)
  }
}
