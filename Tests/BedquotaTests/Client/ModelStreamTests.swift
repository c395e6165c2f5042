import AWSWire
import AdmissionControl
import BedrockEmulator
import BedrockQuotas
import Testing

@testable import Bedquota

/// Streamed replies: what they hold while they run, and that they let go of it however they end.
struct ModelStreamTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  @Test func theReplyComesInPieces() async throws {
    try await ClientBench.with { [request] client, _ in
      let stream = try await client.stream(request)
      #expect(stream.usage == nil)
      var types: [String] = []
      var text = ""
      for try await event in stream {
        types.append(event.type)
        text += event.text ?? ""
      }
      #expect(types.first == "messageStart" && types.last == "metadata" && types.count > 5)
      #expect(text.split(separator: " ").count == 40)
      #expect(stream.usage?.totalInput == 3 && stream.usage?.output == 40)
      #expect(client.statistics.succeeded == 1 && client.statistics.quotaTokens == 43)
      // Read once, it is over.
      for try await _ in stream { Issue.record("again") }
    }
  }

  /// As if a browser had gone away.
  @Test func whoLeavesHoldsNothing() async throws {
    try await ClientBench.with(output: 4_000, tokensPerSecond: 400) { client, emulator in
      let long = ModelRequest(prompt: "How are you?", maxTokens: 4_000)
      for try await event in try await client.stream(long) where event.text != nil { break }
      #expect(client.limiter.snapshot.counts.inFlight == 0 && client.statistics.failed == 1)
      try await ClientBench.untilIdle(emulator)
      #expect(try await ClientBench.inFlight(emulator) == 0)
      let used = client.limiter.snapshot.meters.first { $0.measure == .tokensPerMinute }!
      #expect(used.inFlight == 0)
    }
  }

  @Test func whoIsCancelledHoldsNothing() async throws {
    try await ClientBench.with(output: 4_000, tokensPerSecond: 400) { client, emulator in
      let reader = Task {
        for try await _ in try await client.stream(ModelRequest(prompt: "Hi", maxTokens: 4_000)) {}
      }
      while client.limiter.snapshot.counts.inFlight == 0 { await Task.yield() }
      reader.cancel()
      await #expect(throws: CancellationError.self) { try await reader.value }
      #expect(client.limiter.snapshot.counts.inFlight == 0)
      try await ClientBench.untilIdle(emulator)
      #expect(try await ClientBench.inFlight(emulator) == 0)
    }
  }

  @Test func whoForgetsToReadIsCutOff() async throws {
    let time = ManualTime()
    var options = time.options()
    options.streamIdleMax = .seconds(100)
    try await ClientBench.with(output: 4_000, tokensPerSecond: 400, options: options) { client, emulator in
      let stream = try await client.stream(ModelRequest(prompt: "Hi", maxTokens: 4_000))
      let iterator = stream.makeAsyncIterator()
      #expect(try await iterator.next() != nil)
      time.pass(.seconds(99))
      #expect(try await iterator.next() != nil)
      #expect(client.limiter.snapshot.counts.inFlight == 1)
      time.pass(.seconds(100))
      while client.limiter.snapshot.counts.inFlight > 0 { await Task.yield() }
      let error = await #expect(throws: BedquotaError.self) { _ = try await iterator.next() }
      #expect(error?.code == .abandoned && error?.parameters == ["streamIdleMax"])
      try await ClientBench.untilIdle(emulator)
      #expect(try await ClientBench.inFlight(emulator) == 0)
    }
  }

  /// Output that counts five times outgrows max_tokens, and the reservation grows with it.
  @Test func theReservationGrowsWithTheReply() async throws {
    try await ClientBench.with(ClientBench.claude, output: 400, tokensPerSecond: 800) { large, emulator in
      // So small that next to nothing comes back meanwhile.
      let code = try #require(large.resolution.quotas.first { $0.quota.name.measure == .tpm }?.quota.code)
      await ClientBench.control(emulator, "quotas", ["code": .string(code), "value": 1_200])
      let client = try await QuotaAwareClient(ClientBench.claude, session: large.session)
      func available() -> Int64 { client.limiter.snapshot.meters.first { $0.measure == .tokensPerMinute }!.available }
      let full = available()
      let start = ContinuousClock.now
      // 20 tokens come back each second, and a busy machine takes some.
      func refill() -> Int64 { Int64(((.now - start) / .seconds(1)).rounded(.up)) * 20 }
      let stream = try await client.stream(ModelRequest(prompt: "Hi", maxTokens: 400))
      let reserved = full - available()
      #expect((400 - refill()...450).contains(reserved))
      var held = reserved
      for try await _ in stream { held = max(held, full - available()) }
      // 2,001 in the end, less the last events.
      #expect((1_750 - refill()...2_001).contains(held))
      #expect(client.statistics.quotaTokens == 2_001)
    }
  }

  @Test func aStreamThatBreaksCostsWhatCame() async throws {
    try await ClientBench.with(output: 400, change: { $0.faults = FaultPlan(rates: [.cut: 1])! }) { client, _ in
      let stream = try await client.stream(ModelRequest(prompt: "How are you?", maxTokens: 2_000))
      var text = ""
      let error = await #expect(throws: AWSClientError.self) { for try await event in stream { text += event.text ?? "" } }
      #expect(error?.service?.code == "ModelStreamErrorException" && !text.isEmpty)
      #expect(client.limiter.snapshot.counts.inFlight == 0)
      #expect(client.statistics.failed == 1 && client.statistics.retries == 0)
    }
  }

  @Test func whatFailsBeforeTheFirstEventIsSentAgain() async throws {
    try await ClientBench.with(change: { $0.faults = FaultPlan(rates: [.serviceUnavailable: 1])! }) {
      [request] client, emulator in
      async let mended: Void = {
        while client.statistics.attempted < 2 { await Task.yield() }
        await ClientBench.control(emulator, "faults", [:])
      }()
      var text = ""
      for try await event in try await client.stream(request) { text += event.text ?? "" }
      await mended
      #expect(!text.isEmpty && client.statistics.retries >= 1 && client.statistics.succeeded == 1)
    }
  }
}
