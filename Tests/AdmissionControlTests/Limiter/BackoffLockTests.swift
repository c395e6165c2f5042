import AdmissionControl
import Dispatch
import Synchronization
import Testing

struct BackoffLockTests {
  private struct Failure: Error {}
  private final class Witness: Sendable {}

  /// The lock of several threads, which a closure can't capture without an object around it.
  private final class Counter: Sendable {
    let lock = BackoffLock(0)
  }

  /// Adds one in each section, after `work` steps that a second owner would disturb.
  private static func count(threads: Int, sections: Int, work: Int) -> Int {
    let counter = Counter()
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      for _ in 0..<sections {
        counter.lock.withLock { value in
          let before = value
          for step in 0..<work { value = before &+ step }
          value = before + 1
        }
      }
    }
    return counter.lock.withLock { $0 }
  }

  @Test func oneThreadAtATimeOwnsIt() { #expect(Self.count(threads: 4, sections: 50_000, work: 0) == 200_000) }

  /// The lock is hardly ever free, so the others starve and take their turns.
  @Test func longSectionsLeaveTurnsToOthers() { #expect(Self.count(threads: 4, sections: 100, work: 5_000) == 400) }

  @Test func aSectionThatThrowsFreesIt() {
    let lock = BackoffLock(1)
    #expect(throws: Failure.self) {
      try lock.withLock { value in
        value = 2
        throw Failure()
      }
    }
    #expect(lock.withLock { $0 } == 2)
  }

  @Test func itsValueEndsWithIt() {
    weak var witness: Witness?
    do {
      let lock = BackoffLock(Witness())
      lock.withLock { witness = $0 }
      #expect(witness != nil)
    }
    #expect(witness == nil)
  }
}
