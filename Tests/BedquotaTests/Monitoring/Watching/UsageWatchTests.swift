import AWSWire
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct UsageWatchTests {
  private static let place = Place(account: nil, region: "us-east-1")

  /// A watch that reads the emulator until `isEnough`.
  private func read(_ session: BedquotaSession, _ watch: UsageWatch, onlyOnce: Bool) async {
    await watch.run(session, place: Self.place, onlyOnce: onlyOnce) { "\($0)" }
  }

  @Test func whatAClientSentIsWhatTheWatchSees() async throws {
    try await ClientBench.with(output: 40) { client, _ in
      for _ in 0..<3 { _ = try await client.send(ModelRequest(prompt: "How are you?", maxTokens: 100)) }
      let watch = UsageWatch(.init(interval: .seconds(60)))
      #expect(!watch.current.isRead)
      await read(client.session, watch, onlyOnce: true)
      let state = try #require(watch.current.places.first)
      #expect(watch.current.isRead && state.problem == nil && state.readAt != nil && state.quotasReadAt != nil)
      let report = try #require(state.reports.first { $0.id == ClientBench.nova })
      #expect(report.totals?.invocations == 3 && report.window.count == 60)
      #expect(state.openIncreases?.isEmpty == true)
      // One listing's worth of metrics, asked for once: the requests of one model on one endpoint.
      #expect(state.requestedInAll.calls == 1 && state.requestedInAll.metrics > 0)
      // The first reading is of a day, so it says nothing of those to come.
      #expect(state.requested == nil)
      let key = UsageCounters.Key(Self.place, .runtime, ClientBench.nova)
      #expect(watch.current.counters.totals[key]?[.invocations] == 0)
      let tokens = try #require(watch.current.counters.tokensOfDay(key, now: Int(Date().timeIntervalSince1970)))
      #expect(tokens == report.countedTokens.map { $0.filter { !$0.isNaN }.reduce(0, +) })
    }
  }

  @Test func aFailureIsKeptBesideWhatIsKnown() async throws {
    try await ClientBench.with { client, emulator in
      _ = try await client.send(ModelRequest(prompt: "How are you?", maxTokens: 100))
      let watch = UsageWatch(.init(interval: .seconds(60)))
      await read(client.session, watch, onlyOnce: true)
      watch.failed(Self.place, "It rains.")
      let state = try #require(watch.current.places.first)
      #expect(state.problem == "It rains." && state.failures == 1 && !state.reports.isEmpty && state.readAt != nil)
      await read(client.session, watch, onlyOnce: true)
      let again = try #require(watch.current.places.first)
      #expect(again.problem == nil && again.requested?.calls == 1)
    }
  }

  @Test func anAccountThatHadNoRegionYetIsForgottenOnceItHas() {
    let watch = UsageWatch(.init(interval: .seconds(60)))
    for account in ["a", "b"] { watch.failed(Place(account: account, region: ""), "No credentials.") }
    watch.failed(Place(account: "a", region: "us-east-1"), "It rains.")
    #expect(watch.current.places.map(\.place.words) == ["a us-east-1", "b"])
  }

  @Test func whoeverAsksHearsOfEachReading() async throws {
    let watch = UsageWatch(.init(interval: .seconds(60)))
    var updates = watch.updates().makeAsyncIterator()
    watch.failed(Self.place, "a")
    watch.failed(Self.place, "b")
    #expect(await updates.next() != nil)
    #expect(watch.current.places.first?.failures == 2)
  }
}
