import Synchronization
import Testing

@testable import Bedquota

/// Background jobs end with their session.
struct BackgroundWorkTests {
  /// Jobs that have ended.
  private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  @Test func jobsThatRunAreCancelledAndAwaited() async {
    let (work, count) = (BackgroundWork(), Count())
    let (started, begin) = AsyncStream.makeStream(of: Void.self)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await work.run() }
      for _ in 0..<3 {
        let isTaken = work.add {
          begin.yield()
          while !Task.isCancelled { await Task.yield() }
          count.add()
        }
        #expect(isTaken)
      }
      var all = started.makeAsyncIterator()
      for _ in 0..<3 { _ = await all.next() }
      group.cancelAll()
    }
    #expect(count.value == 3)
    #expect(!work.add { count.add() })
  }

  @Test func jobsThatNobodyRunsAreBounded() {
    let work = BackgroundWork()
    #expect((0..<5_000).filter { _ in work.add {} }.count == 1_024)
  }
}
