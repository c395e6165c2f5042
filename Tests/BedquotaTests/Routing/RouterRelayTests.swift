import AWSClient
import AWSWire
import AdmissionControl
import Synchronization
import Testing
import Tracing

@testable import Bedquota

/// Relayed requests over several scopes.
@Suite(.timeLimit(.minutes(5)))
struct RouterRelayTests {
  private func bounds(_ router: QuotaRouter) -> (Int) -> RequestBounds? {
    { router.candidates[$0].client.bounds(of: RouterBench.request) }
  }

  @Test func theCandidateThatServesIsTold() async throws {
    let router = try RouterBench.router([[], []])
    let asked = Mutex<[Int]>([])
    let (candidate, invocation, reply) = try await router.relay(
      bounds(router), of: .converse, in: .topLevel, session: nil, terms: RelayTerms()
    ) { candidate, reserved in
      #expect(reserved > 100)
      asked.withLock { $0.append(candidate) }
      guard candidate == 1 else {
        throw AWSClientError(
          .service, "", service: .init(code: "AccessDeniedException", message: "", status: 403, requestID: nil, body: []))
      }
      return "ok"
    }
    #expect(candidate == 1 && reply == "ok" && asked.withLock { $0 } == [0, 1])
    invocation.arrived(bytes: 10, usage: TokenUsage(input: 3, output: 2))
    #expect(invocation.settle()?.quotaTokens == 5)
    #expect(router.counted == [0, 1] && router.statistics.total.succeeded == 1 && router.isIdle)
  }

  @Test func whoWaitsIsToldOnce() async throws {
    let clients = try (0..<2).map { _ in try RouterBench.client([], tokensPerMinute: 6_000) }
    let router = try RouterBench.router(clients: clients)
    for client in clients {
      while let one = try client.limiter.tryReserve(Cost(input: 50, maxTokens: 50)) { one.settle(used: Amounts(tokens: 100)) }
    }
    let places = Mutex<[QueuePlace]>([])
    let terms = RelayTerms(onWait: { place, _ in places.withLock { $0.append(place) } })
    let (_, invocation, _) = try await router.relay(
      bounds(router), of: .converse, in: .topLevel, session: nil, terms: terms
    ) { _, _ in "ok" }
    invocation.settle()
    let told = places.withLock { $0 }
    #expect(told.count == 1 && told.first.flatMap { router.candidate(of: $0) } == 0)
    #expect(router.isIdle)
  }

  @Test func aCandidateThatCannotTakeItIsLeftOut() async throws {
    let router = try RouterBench.router([[], [], []])
    let bounds = bounds(router)
    let (candidate, invocation, _) = try await router.relay(
      { $0 == 2 ? bounds($0) : nil }, of: .converse, in: .topLevel, session: nil, terms: RelayTerms()
    ) { candidate, _ in candidate }
    invocation.settle()
    #expect(candidate == 2)
    await #expect(throws: BedquotaError.self) {
      _ = try await router.relay({ _ in nil }, of: .converse, in: .topLevel, session: nil, terms: RelayTerms()) { candidate, _ in
        candidate
      }
    }
    #expect(router.isIdle)
  }

  /// Those that can take the request rest when the one that can't is asked at last.
  @Test func whoCannotTakeItEndsNothing() async throws {
    let router = try RouterBench.router([[], [], []])
    let bounds = bounds(router)
    let asked = Mutex<[Int]>([])
    let (candidate, invocation, _) = try await router.relay(
      { $0 == 1 ? nil : bounds($0) }, of: .converse, in: .topLevel, session: nil, terms: RelayTerms()
    ) { candidate, _ in
      let count = asked.withLock { asked in
        asked.append(candidate)
        return asked.count
      }
      guard count > 2 else {
        throw AWSClientError(
          .service, "",
          service: .init(code: "ServiceUnavailableException", message: "", status: 503, requestID: nil, body: []))
      }
      return "ok"
    }
    invocation.settle()
    #expect(candidate != 1 && asked.withLock { $0.prefix(2) } == [0, 2] && router.isIdle)
  }
}
