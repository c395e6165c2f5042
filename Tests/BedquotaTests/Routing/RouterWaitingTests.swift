import AWSWire
import AdmissionControl
import Foundation
import Synchronization
import Testing

@testable import Bedquota

/// How long a request waits for the scope that has its prompt cached. Both scopes have 20 tokens per second, and 1,000 tokens are
/// cached at the first, so that its wait may be 50 s longer. The limiters' clock is the real one, which passes little of that.
@Suite(.timeLimit(.minutes(5)))
struct RouterWaitingTests {
  private let time = ManualTime()

  /// - Parameter debt: what the first scope must refill before it has room.
  private func router(debt: Int64, deadline: Duration? = nil) throws -> QuotaRouter {
    let fine = ScriptedModel.Answer.reply("Fine.", output: 2)
    var options = time.options()
    options.deadline = deadline
    let clients = try [[], [fine]].map { try RouterBench.client($0, tokensPerMinute: 600, options: options) }
    let router = try RouterBench.router(clients: clients)
    let now = router.now
    router.book.withLock { $0.chooser.learned(RouteSession(id: "s"), cachedTokens: 1_000, at: 0, now: now) }
    clients[0].limiter.debit(Amounts(tokens: debt))
    return router
  }

  /// A request that waits at the first scope alone.
  private func waiting(_ router: QuotaRouter) async -> Task<ModelReply, any Error> {
    let task = Task { try await router.send(RouterBench.request, session: "s") }
    let limiters = router.candidates.map(\.client.limiter)
    while limiters[0].snapshot.waiting == 0 { await Task.yield() }
    #expect(limiters[1].snapshot.waiting == 0 && router.attempted == [0, 0])
    return task
  }

  @Test func itWaitsAsLongAsThatPaysAndNoLonger() async throws {
    let router = try router(debt: 900)
    let task = await waiting(router)
    time.pass(.seconds(50))
    #expect(try await task.value.text == "Fine.")
    #expect(router.attempted == [0, 1] && router.counted == [0, 1] && router.isIdle)
    #expect(time.slept.contains(.seconds(50)), "\(time.slept)")
  }

  @Test func aLongerWaitIsNotBegun() async throws {
    let router = try router(debt: 3_000)
    #expect(try await router.send(RouterBench.request, session: "s").text == "Fine.")
    #expect(router.attempted == [0, 1] && router.isIdle)
  }

  @Test func whoRestsHoldsNobody() async throws {
    let router = try router(debt: 900)
    let task = await waiting(router)
    let now = router.now
    router.book.withLock { _ = $0.chooser.failed(0, .unavailable(retryAfter: nil), at: now) }
    router.wakeWaiters()
    #expect(try await task.value.text == "Fine.")
    #expect(router.attempted == [0, 1] && router.isIdle)
  }

  /// It would be refused where it is cached, so it goes at once to the one that rested and is left to others until its cache is lost.
  @Test func whoCannotWaitGoesWhereARestIsOver() async throws {
    let router = try router(debt: 900, deadline: .seconds(2))
    router.book.withLock { _ = $0.chooser.failed(1, .unavailable(retryAfter: nil), at: router.now) }
    time.advance(.seconds(2))
    #expect(try await router.send(RouterBench.request, session: "s").text == "Fine.")
    #expect(router.attempted == [0, 1] && router.isIdle)
  }
}
