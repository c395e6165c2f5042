import AWSWire
import AdmissionControl
import Foundation
import Synchronization
import Testing

@testable import Bedquota

/// Requests over several scopes, each a scripted model: where they go when a scope fails, and how they count.
@Suite(.timeLimit(.minutes(5)))
struct QuotaRouterTests {
  private let fine = ScriptedModel.Answer.reply("Fine.", output: 2)
  private let request = RouterBench.request

  @Test func theFirstServesAll() async throws {
    let router = try RouterBench.router([[fine, fine], []])
    for _ in 0..<2 { #expect(try await router.send(request).text == "Fine.") }
    #expect(router.counted == [2, 0] && router.statistics.total.succeeded == 2 && router.statistics.total.quotaTokens == 10)
    #expect(router.isIdle)
  }

  /// Each failure at the first scope, and whether the next request tries that scope again.
  @Test(
    arguments: [
      (RouterBench.failure(503, "ServiceUnavailableException"), true),
      (RouterBench.failure(500, "InternalServerException"), true),
      (RouterBench.failure(429, "ModelNotReadyException"), true), (RouterBench.failure(403, "AccessDeniedException"), true),
      (RouterBench.failure(404, "ResourceNotFoundException"), true), (ScriptedModel.Answer.failure(403, "firewall"), false),
      (RouterBench.failure(429, "ThrottlingException", "Too many tokens per day, please wait"), true),
    ])
  func aFailureMovesTheRequest(failure: ScriptedModel.Answer, rests: Bool) async throws {
    // A client that may not stream asks for the whole reply, in the same attempt.
    let failures = failure.status == 403 && rests ? [failure, failure] : [failure]
    let router = try RouterBench.router([failures + [fine], [fine, fine]])
    #expect(try await router.send(request).text == "Fine.")
    #expect(router.attempted == [1, 1] && router.counted == [0, 1])
    #expect(try await router.send(request).text == "Fine.")
    #expect(router.attempted == (rests ? [1, 2] : [2, 1]))
    let total = router.statistics.total
    #expect(total.requests == 2 && total.succeeded == 2 && total.failed == 0 && total.attempted == 3 && total.retries == 1)
    #expect(router.isIdle)
  }

  @Test func aThrottleMovesTheRequestAndLowersNobodyElse() async throws {
    let router = try RouterBench.router([[RouterBench.failure(429, "ThrottlingException", "Too many tokens, wait")], [fine]])
    #expect(try await router.send(request).text == "Fine.")
    let limiters = router.candidates.map(\.client.limiter)
    #expect(router.attempted == [1, 1] && limiters.map(\.snapshot.counts.throttled) == [1, 0])
    #expect(limiters[1].snapshot.meters.allSatisfy { $0.scale == 1 })
    #expect(router.isIdle)
  }

  /// The other one never has room for the request.
  @Test func oneThatIsAwayForAMomentIsWaitedFor() async throws {
    let away = RouterBench.failure(503, "ServiceUnavailableException")
    let clients = [try RouterBench.client([away, fine]), try RouterBench.client([], tokensPerMinute: 50)]
    let router = try RouterBench.router(clients: clients)
    #expect(try await router.send(request).text == "Fine.")
    #expect(router.attempted == [2, 0] && router.isIdle)
  }

  @Test func ifAllDenyTheLastErrorIsTold() async throws {
    let denial = RouterBench.failure(403, "AccessDeniedException")
    let router = try RouterBench.router([[denial, denial], [RouterBench.failure(404, "ResourceNotFoundException")]])
    let error = await #expect(throws: AWSClientError.self) { _ = try await router.send(request) }
    #expect(error?.service?.code == "ResourceNotFoundException")
    #expect(router.attempted == [1, 1] && router.statistics.total.failed == 1 && router.counted == [0, 1])
  }

  /// While the others only lack room, a denial ends nothing.
  @Test func whatLacksRoomIsTriedAgain() async throws {
    let denial = RouterBench.failure(403, "AccessDeniedException")
    let router = try RouterBench.router(
      [[RouterBench.failure(503, "ServiceUnavailableException"), fine], [denial, denial]],
      options: ManualTime().options(dice: 0))
    #expect(try await router.send(request).text == "Fine.")
    #expect(router.attempted == [2, 1] && router.counted == [1, 0])
  }

  @Test func aWrongRequestIsWrongEverywhere() async throws {
    let router = try RouterBench.router([[RouterBench.failure(400, "ValidationException", "messages: odd")], [fine]])
    let error = await #expect(throws: AWSClientError.self) { _ = try await router.send(request) }
    #expect(error?.service?.status == 400 && router.attempted == [1, 0] && router.statistics.total.failed == 1)
  }

  /// The model may have run, so the request may be paid.
  @Test func whatMayBePaidGoesNowhereElse() async throws {
    let lost = ScriptedModel.Answer { _ in throw AWSClientError(.transport, "The connection broke.") }
    var options = QuotaAwareClient.Options()
    options.sleep = { _ in }
    let router = try RouterBench.router([[lost], [fine]], options: options)
    await #expect(throws: AWSClientError.self) { _ = try await router.send(request) }
    #expect(router.attempted == [1, 0] && router.statistics.total.mayBePaid == 1)
    // Asked for, it is repeated where it was.
    options.resendsAfterLoss = true
    let again = try RouterBench.router([[lost, fine], [fine]], options: options)
    #expect(try await again.send(request).text == "Fine.")
    #expect(again.attempted == [2, 0] && again.statistics.total.mayBePaidTwice == 1)
  }

  @Test func aStreamMovesBeforeItsFirstEventAndNotAfter() async throws {
    typealias Answer = ScriptedModel.Answer
    let whole = Answer { [Answer.delta("Fine."), Answer.stop, nil][min($0, 2)] }
    let router = try RouterBench.router([[RouterBench.failure(503, "ServiceUnavailableException")], [whole]])
    var text = ""
    for try await event in try await router.stream(request) { text += event.text ?? "" }
    #expect(text == "Fine." && router.attempted == [1, 1] && router.counted == [0, 1])

    let broken = Answer { number in
      guard number == 0 else { throw AWSClientError(.transport, "The connection broke.") }
      return Answer.delta("Fi")
    }
    let other = try RouterBench.router([[broken], [whole]])
    let stream = try await other.stream(request)
    await #expect(throws: AWSClientError.self) { for try await _ in stream {} }
    #expect(other.attempted == [1, 0] && other.statistics.total.failed == 1 && other.isIdle)
  }

  @Test func aSessionStaysWhereItIsCached() async throws {
    let time = ManualTime()
    let router = try RouterBench.router(
      [
        [RouterBench.failure(503, "ServiceUnavailableException"), fine], [RouterBench.cached(1_000), RouterBench.cached(1_000)],
      ],
      options: time.options())
    _ = try await router.send(request, session: "s")
    // The first has rested by now.
    time.advance(.seconds(10))
    _ = try await router.send(request, session: "s")
    #expect(router.attempted == [1, 2])
    _ = try await router.send(request, session: "t")
    #expect(router.attempted == [2, 2])
  }

  @Test func withoutRoomItGoesToTheNext() async throws {
    let clients = try [fine, fine].map { try RouterBench.client([$0], tokensPerMinute: 200) }
    let router = try RouterBench.router(clients: clients)
    // A reservation of a reply that never ends.
    let held = try clients[0].limiter.tryReserve(Cost(input: 100, maxTokens: 80))
    #expect(try await router.send(request).text == "Fine." && router.attempted == [0, 1])
    _ = consume held
  }

  @Test func aDeadlineIsRefusedOnce() async throws {
    var options = QuotaAwareClient.Options()
    options.deadline = .seconds(1)
    let clients = try (0..<3).map { _ in try RouterBench.client([], tokensPerMinute: 200, options: options) }
    let router = try RouterBench.router(clients: clients)
    for client in clients { client.limiter.debit(Amounts(tokens: 190)) }
    let refusal = await #expect(throws: Refusal.self) { _ = try await router.send(request) }
    #expect(refusal?.code == .deadline && router.statistics.total.refused == 1)
    #expect(clients.reduce(0) { $0 + $1.limiter.snapshot.counts.refused } == 1 && router.isIdle)
  }

  @Test func aCancelledRequestWaitsNowhere() async throws {
    let clients = try (0..<3).map { _ in try RouterBench.client([], tokensPerMinute: 200) }
    let router = try RouterBench.router(clients: clients)
    for client in clients { client.limiter.debit(Amounts(tokens: 190)) }
    let task = Task { [request] in try await router.send(request) }
    while clients.contains(where: { $0.limiter.snapshot.waiting == 0 }) { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(clients.reduce(0) { $0 + $1.limiter.snapshot.counts.cancelledWaiters } == 1)
    #expect(router.isIdle && router.statistics.total.failed == 1)
  }

  @Test func aRouteNeedsCandidatesOfItsOwn() throws {
    let client = try RouterBench.client([])
    for candidates in [[], [("a", client), ("b", client)]] {
      let error = #expect(throws: BedquotaError.self) {
        _ = try QuotaRouter(candidates.map { QuotaRouter.Candidate($0.0, $0.1) })
      }
      #expect(error?.code == .configuration)
    }
  }
}
