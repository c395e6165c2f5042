import AWSWire
import Foundation
import Synchronization
import Testing

@testable import Bedquota

/// A second attempt where the first byte of a reply is late.
@Suite(.timeLimit(.minutes(5)))
struct RouterHedgingTests {
  private static let fine = ScriptedModel.Answer.reply("Fine.", output: 2)

  /// A reply that never begins.
  private static let late: ScriptedModel.Answer = {
    var answer = ScriptedModel.Answer.reply("Late.", output: 2)
    answer.head = { try await Task.sleep(for: .seconds(3_600)) }
    return answer
  }()

  /// A router that has seen a hundred quick replies of its first candidate.
  private func router(
    _ first: [ScriptedModel.Answer], _ second: [ScriptedModel.Answer], share: Double = 0.5
  ) async throws -> QuotaRouter {
    let clients = try [Array(repeating: Self.fine, count: 100) + first, second].map { try RouterBench.client($0) }
    let router = try QuotaRouter(
      zip(["a", "b"], clients).map { QuotaRouter.Candidate($0, $1) }, hedging: .init(tokensShareMax: share))
    for _ in 0..<100 { _ = try await router.send(RouterBench.request) }
    return router
  }

  @Test func theReplyThatComesFirstCounts() async throws {
    let router = try await router([Self.late, Self.fine], [Self.fine, Self.fine])
    #expect(try await router.send(RouterBench.request).text == "Fine.")
    let statistics = router.statistics
    #expect(statistics.hedged == 1 && statistics.hedgesWon == 1 && router.attempted == [101, 1])
    #expect(statistics.total.requests == 101 && statistics.total.succeeded == 101 && statistics.total.failed == 0)
    // The attempt that was cancelled may be paid, and nothing is held for it.
    #expect(statistics.total.mayBePaid == 1 && router.isIdle)
    #expect(try await router.send(RouterBench.request).text == "Fine.")
    // A reply that is slower than a hundred others may have a second attempt.
    #expect(router.attempted[0] == 102)
  }

  @Test func aStreamToo() async throws {
    typealias Answer = ScriptedModel.Answer
    let router = try await router([Self.late], [Answer { [Answer.delta("Fine."), Answer.stop, nil][min($0, 2)] }])
    var text = ""
    for try await event in try await router.stream(RouterBench.request) { text += event.text ?? "" }
    #expect(text == "Fine." && router.statistics.total.succeeded == 101 && router.isIdle)
  }

  /// 100 replies of some tokens each don't pay for a second attempt of 100.
  @Test func theShareBoundsIt() async throws {
    var slow = Self.fine
    slow.head = { try await Task.sleep(for: .milliseconds(300)) }
    let router = try await router([slow], [Self.fine], share: 0.02)
    #expect(try await router.send(RouterBench.request).text == "Fine.")
    #expect(router.statistics.hedged == 0 && router.attempted == [101, 0])
  }

  @Test func anErrorIsNoReasonToWaitForTheSecond() async throws {
    var failing = RouterBench.failure(400, "ValidationException", "messages: odd")
    failing.head = { try await Task.sleep(for: .milliseconds(300)) }
    let router = try await router([failing], [Self.late])
    await #expect(throws: AWSClientError.self) { try await router.send(RouterBench.request) }
    #expect(router.statistics.total.failed == 1 && router.statistics.hedgesWon == 0 && router.isIdle)
  }

  @Test func whoCancelsEndsBoth() async throws {
    let router = try await router([Self.late], [Self.late])
    let task = Task { try await router.send(RouterBench.request) }
    while router.attempted != [101, 1] { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    #expect(router.isIdle && router.statistics.total.requests == 101)
  }

  @Test(arguments: [0, -0.1, 0.51, .nan])
  func aShareThatIsNone(share: Double) throws {
    let clients = try [[], []].map { try RouterBench.client($0) }
    #expect(throws: BedquotaError.self) {
      try QuotaRouter(zip(["a", "b"], clients).map { QuotaRouter.Candidate($0, $1) }, hedging: .init(tokensShareMax: share))
    }
  }
}

/// When a reply is late, and what second attempts may cost.
struct HedgeBookTests {
  private func book(share: Double = 0.02) -> HedgeBook {
    var book = HedgeBook(share: share)
    for time in 1...100 { book.began(after: .milliseconds(time)) }
    return book
  }

  @Test func lateIsTheSlowestOfAHundred() {
    var book = HedgeBook(share: 0.02)
    for time in 1...99 { book.began(after: .milliseconds(time)) }
    #expect(book.lateAfter == nil)
    book.began(after: .milliseconds(100))
    #expect(book.lateAfter == .milliseconds(100))
    // Old ones are forgotten.
    for _ in 0..<1_000 { book.began(after: .milliseconds(5)) }
    #expect(book.lateAfter == .milliseconds(5))
  }

  @Test func secondAttemptsReserveNoMoreThanTheirShare() {
    var book = book()
    var taken = [book.take(1)]
    for _ in 0..<100 { book.used(1_000) }
    taken += [2_001, 1_500, 501, 500].map { book.take($0) }
    for _ in 0..<1_000 { book.used(1_000_000) }
    taken += [1_000_001, 1_000_000].map { book.take($0) }
    #expect(taken == [false, false, true, false, true, false, true])
  }

  @Test func whatASecondAttemptDidNotCostIsThereAgain() {
    var book = book()
    book.used(100_000)
    var taken = [book.take(2_000)]
    let second = HedgeRole.Second(late: 0, tokens: 2_000)
    let end = RequestCourse.End(result: .failed, error: nil, waited: .zero, took: .zero, attempts: 1)
    book.ended(second, .pause(.zero), isWon: false)
    taken.append(book.take(1))
    book.ended(second, .giveUp(CancellationError(), nil, end), isWon: false)
    taken.append(book.take(2_000))
    #expect(taken == [true, false, true] && book.won == 0)
  }
}
