import Synchronization
import Testing

@testable import Bedquota

/// What waits is dropped; what is in flight may end.
struct SendGateTests {
  private let drops = Counter()

  private final class Counter: Sendable {
    let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  private func gate() -> SendGate {
    let gate = SendGate()
    gate.onDrop { [drops] in drops.add() }
    return gate
  }

  @Test func whatWaitsIsDropped() {
    let gate = gate()
    gate.close()
    #expect(drops.value == 1 && !gate.enter() && !gate.isInFlight)
  }

  @Test func whatIsInFlightIsDroppedOnlyAfterItsAttemptFails() {
    let gate = gate()
    #expect(gate.enter() && gate.isInFlight)
    gate.close()
    #expect(drops.value == 0 && gate.isInFlight)
    gate.leave()
    #expect(drops.value == 1 && !gate.enter())
  }

  @Test func anAttemptThatFailsMayBeFollowedByAnother() {
    let gate = gate()
    #expect(gate.enter())
    gate.leave()
    #expect(!gate.isInFlight && gate.enter() && drops.value == 0)
  }

  @Test func closedBeforeItKnowsWhatToDrop() {
    let gate = SendGate()
    gate.close()
    gate.onDrop { [drops] in drops.add() }
    #expect(drops.value == 1)
  }
}
