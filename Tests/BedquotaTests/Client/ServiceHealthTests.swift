import AWSWire
import Testing

@testable import Bedquota

/// Who may try while the service can't be reached, and what people are told.
struct ServiceHealthTests {
  private let patience = Duration.seconds(900)
  private let away = RequestCourseTests.Failure.transport(.unsent)

  @Test func oneTriesAndTheOthersWait() {
    var health = ServiceHealth()
    #expect(health.leave(patience: patience, at: .zero) == .go)
    health.failed(away, dice: 1, at: .zero)
    // Those that were under way fail too; that changes nothing.
    for _ in 0..<100 { health.failed(away, dice: 1, at: .milliseconds(1)) }
    #expect(health.leave(patience: patience, at: .milliseconds(100)) == .wait(.milliseconds(400)))
    #expect(health.leave(patience: patience, at: .milliseconds(500)) == .go)
    #expect(health.leave(patience: patience, at: .milliseconds(500)) == .wait(.milliseconds(500)))
    // The one that tried has failed: the pause grows.
    health.failed(away, dice: 1, at: .milliseconds(600))
    #expect(health.leave(patience: patience, at: .milliseconds(1_400)) == .wait(.milliseconds(200)))
    #expect(health.waitingFor(at: .milliseconds(600)) == "no connection; next attempt in 1 s")
    #expect(health.leave(patience: patience, at: .milliseconds(1_600)) == .go)
    health.answered(at: .seconds(2))
    #expect(health.leave(patience: patience, at: .seconds(2)) == .go && health.waitingFor(at: .seconds(2)) == nil)
  }

  @Test func pausesEndAtTwentySeconds() {
    var health = ServiceHealth()
    var now = Duration.zero
    health.failed(away, dice: 1, at: now)
    for _ in 0..<20 {
      while health.leave(patience: patience, at: now) != .go { now += .milliseconds(500) }
      health.failed(away, dice: 1, at: now)
    }
    #expect(health.waitingFor(at: now) == "no connection; next attempt in 20 s")
  }

  @Test func patienceEnds() {
    var health = ServiceHealth()
    health.failed(away, dice: 1, at: .zero)
    #expect(health.leave(patience: .seconds(10), at: .seconds(10)) == .giveUp && health.awayError != nil)
  }

  @Test func aServiceWithoutRoomIsNotAway() {
    var health = ServiceHealth()
    let busy = RequestCourseTests.Failure.service(503, "", "ServiceUnavailableException")
    health.failed(away, dice: 1, at: .zero)
    health.failed(busy, dice: 1, at: .zero)
    #expect(health.leave(patience: patience, at: .zero) == .go && health.waitingFor(at: .seconds(4)) == nil)
    #expect(health.waitingFor(at: .seconds(7))?.contains("ServiceUnavailableException for 7 s") == true)
  }
}
