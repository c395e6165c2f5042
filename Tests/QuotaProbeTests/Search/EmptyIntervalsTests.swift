import Testing

@testable import QuotaProbe

struct EmptyIntervalsTests {
  private static let second: Int64 = 1_000_000_000

  /// A trial a second, all answered; of every `throttledEvery` one is throttled.
  private func log(seconds: Int, throttledEvery: Int) -> TrialLog {
    var log = TrialLog()
    for index in 0..<seconds {
      let now = Int64(index) * Self.second
      let id = log.send(TrialSize(tokens: 16), step: 0, at: now)
      let isThrottled = index.isMultiple(of: throttledEvery)
      _ = log.answer(id, isThrottled ? .throttled(.requests) : .accepted(quotaTokens: 16), at: now + 1)
    }
    return log
  }

  @Test
  func theOnlyIntervalIsTheBest() throws {
    let intervals = EmptyIntervals(from: 3)
    let best = try #require(intervals.best(log(seconds: 5, throttledEvery: 2)))
    #expect(best.start == 3 && best.end == .max && intervals.best(TrialLog()) == nil)
  }

  /// The new interval counts once it has 40 trials with six 429s; until then the longest does.
  @Test(arguments: [(50, false), (70, true)])
  func aNewIntervalMustTellEnough(seconds: Int, isNew: Bool) throws {
    var intervals = EmptyIntervals(from: 0)
    intervals.throttled(sentAt: 10 * Self.second)
    intervals.refill(at: 28 * Self.second)
    intervals.refill(at: 29 * Self.second)
    intervals.throttled(sentAt: 30 * Self.second)
    let best = try #require(intervals.best(log(seconds: seconds, throttledEvery: 4)))
    #expect(best.start == (isNew ? 30 * Self.second : 0))
    #expect(best.end == (isNew ? .max : 28 * Self.second))
  }

  @Test
  func closedOnce() throws {
    var intervals = EmptyIntervals(from: 0)
    intervals.close(at: 7)
    intervals.close(at: 9)
    #expect(try #require(intervals.best(log(seconds: 1, throttledEvery: 1))).end == 7)
  }
}
