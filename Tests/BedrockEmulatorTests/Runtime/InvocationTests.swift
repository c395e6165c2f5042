import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// Invocations from admission to settlement, on a clock moved by hand, without a network.
struct InvocationTests {
  static let nova = "us.amazon.nova-pro-v1:0"
  static let claude = "us.anthropic.claude-opus-4-7"

  private func emulator(
    latency: Double = 0, tokensPerSecond: Double = 0, output: Int = 20, clock: EmulatorClock = .manual(), seed: UInt64 = 1,
    _ change: (inout Emulator.Behaviour) -> Void = { _ in }
  ) throws -> Emulator {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(
      latency: latency, tokensPerSecond: tokensPerSecond, outputTokens: .fixed(output), seed: seed)
    change(&behaviour)
    return try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: clock)
  }

  private func request(_ id: String, _ operation: String, text: String = "word", maxTokens: Int? = 100) -> ServerRequest {
    var body: [JSONValue.Member] = [
      .init("messages", [["role": "user", "content": [["text": .string(text)]]]])
    ]
    if let maxTokens { body.append(.init("inferenceConfig", ["maxTokens": .integer(maxTokens)])) }
    return ServerRequest(method: "POST", target: "/model/\(id)/\(operation)", headers: [], body: JSONValue.object(body).data)
  }

  /// What the control API says of a meter of the quota with this beginning.
  private func meter(_ emulator: Emulator, _ name: String) async throws -> (available: Double, quota: Double, inFlight: Int) {
    let response = await emulator.respond(
      to: ServerRequest(method: "GET", target: "/_emulator/state", headers: [], body: Data()))
    let meters = try JSONValue(response.body)["regions"]?.array?.first?["meters"]?.array ?? []
    let found = try #require(meters.first { $0["name"]?.string?.hasPrefix(name) == true })
    return (found["available"]!.double!, found["quota"]!.double!, found["inFlight"]!.integer!)
  }

  private static let claudeTPM = "Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7"
  private static let novaTPM = "Cross-region model inference tokens per minute for Amazon Nova Pro"

  /// Gathers what is written; may refuse after so many writes, as a connection does whose client has left.
  private struct Sink: ResponseSink {
    struct Gone: Error {}
    var decoder = EventStreamDecoder()
    var messages: [EventStreamMessage] = []
    var writesMax = Int.max

    mutating func write(_ bytes: [UInt8]) throws {
      guard writesMax > 0 else { throw Gone() }
      writesMax -= 1
      decoder.feed(bytes)
      while let message = try decoder.next() { messages.append(message) }
    }
  }

  private func collect(_ response: ServerResponse, writesMax: Int = .max) async throws -> [EventStreamMessage] {
    var sink: any ResponseSink = Sink(writesMax: writesMax)
    try await #require(response.stream).write(&sink)
    return (sink as? Sink)?.messages ?? []
  }

  @Test func aReplyCostsWhatTheDocumentationSays() async throws {
    let emulator = try emulator(output: 30)
    let response = await emulator.respond(to: request(Self.claude, "converse", text: String(repeating: "word", count: 50)))
    #expect(response.status == 200)
    let meter = try await meter(emulator, Self.claudeTPM)
    // 50 in, and 5 for each of 30 out.
    #expect(meter.quota - meter.available == 200)
  }

  @Test func theReservationIsHeldUntilTheReplyIsWhole() async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(latency: 1, tokensPerSecond: 10, output: 30, clock: clock)
    async let response = emulator.respond(to: request(Self.novaInvoked, "converse", maxTokens: 1_000))
    while clock.waiterCount == 0 { await Task.yield() }
    var meter = try await meter(emulator, Self.novaTPM)
    #expect(meter.quota - meter.available == 1_001 && meter.inFlight == 1)
    clock.advance(by: 4_000_000_000)
    #expect(await response.status == 200)
    meter = try await self.meter(emulator, Self.novaTPM)
    #expect(meter.inFlight == 0 && meter.available == meter.quota)  // Four seconds refill more than was used.
  }

  private static let novaInvoked = nova

  /// Without max_tokens the model's maximum is held; one that does not fit into the quota never gets in.
  @Test func withoutMaxTokensTheModelsMaximumIsHeld() async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(latency: 1, clock: clock)
    async let response = emulator.respond(to: request(Self.claude, "converse", maxTokens: nil))
    while clock.waiterCount == 0 { await Task.yield() }
    let meter = try await meter(emulator, Self.claudeTPM)
    #expect(meter.quota - meter.available == 128_001)
    clock.advance(by: 2_000_000_000)
    #expect(await response.status == 200)
  }

  @Test func aStreamTellsTheWholeStory() async throws {
    let emulator = try emulator(output: 23)
    let response = await emulator.respond(to: request(Self.nova, "converse-stream"))
    let messages = try await collect(response)
    let types = messages.map { $0[":event-type"] ?? "" }
    #expect(types.first == "messageStart" && Array(types.suffix(3)) == ["contentBlockStop", "messageStop", "metadata"])
    let text = try messages.compactMap { try JSONValue($0.payload)["delta"]?["text"]?.string }.joined()
    #expect((text.utf8.count + 3) / 4 == 23)
    let usage = try JSONValue(#require(messages.last).payload)["usage"]
    #expect(usage?["outputTokens"] == 23 && usage?["totalTokens"] == 24)
  }

  /// The client goes away in the middle, and the unspent part of its reservation is back at once.
  @Test(arguments: [1, 2, 4])
  func aClientThatLeavesGetsItsReservationBack(writes: Int) async throws {
    let emulator = try emulator(output: 100)
    let response = await emulator.respond(to: request(Self.claude, "converse-stream", maxTokens: 5_000))
    await #expect(throws: Sink.Gone.self) { try await collect(response, writesMax: writes) }
    let meter = try await meter(emulator, Self.claudeTPM)
    // One write opens the message; each one after it is five tokens at five quota tokens each.
    #expect(meter.quota - meter.available == Double(1 + (writes - 1) * 25) && meter.inFlight == 0)
  }

  @Test func aConnectionThatClosesWhileNothingIsWrittenIsNoticedToo() async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(latency: 1, tokensPerSecond: 1, output: 100, clock: clock)
    let response = await emulator.respond(to: request(Self.claude, "converse-stream", maxTokens: 5_000))
    async let written = try? collect(response)
    while clock.waiterCount == 0 { await Task.yield() }
    response.stream?.clientIsGone()
    let meter = try await meter(emulator, Self.claudeTPM)
    #expect(meter.quota - meter.available == 1 && meter.inFlight == 0)
    while await !isOver(clock) { clock.advance(by: 1_000_000_000) }
    _ = await written
  }

  private func isOver(_ clock: EmulatorClock) async -> Bool {
    for _ in 0..<1_000 { await Task.yield() }
    return clock.waiterCount == 0
  }

  @Test func aStreamThatIsNeverWrittenGivesAllBack() async throws {
    let emulator = try emulator()
    _ = await emulator.respond(to: request(Self.claude, "converse-stream", maxTokens: 5_000))
    let meter = try await meter(emulator, Self.claudeTPM)
    #expect(meter.inFlight == 0 && meter.quota - meter.available == 1)
  }

  /// Output beyond max_tokens ÷ burndown is debited while it streams, not at the end.
  @Test func whatStreamsOutBeyondTheReservationIsDebitedAtOnce() async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(tokensPerSecond: 10, output: 100, clock: clock)
    let response = await emulator.respond(to: request(Self.claude, "converse-stream", maxTokens: 100))
    async let messages = collect(response)
    while clock.waiterCount == 0 { await Task.yield() }
    // Fifty tokens are 250 of the quota; 101 were reserved. The bucket refills 33,333 a second, so what shows is the debit.
    var lowest = Double.infinity
    for _ in 0..<20 {
      clock.advance(by: 500_000_000)
      for _ in 0..<2_000 where clock.waiterCount == 0 { await Task.yield() }
      let meter = try await meter(emulator, Self.claudeTPM)
      lowest = min(lowest, meter.available - meter.quota)
    }
    #expect(lowest <= -20)
    #expect(try await messages.last?[":event-type"] == "metadata")
  }

  @Test(arguments: [
    (FaultPlan.Fault.internalServerError, 500, "InternalServerException"),
    (.serviceUnavailable, 503, "ServiceUnavailableException"), (.modelNotReady, 429, "ModelNotReadyException"),
    (.modelTimeout, 408, "ModelTimeoutException"), (.cut, 424, "ModelErrorException"),
  ])
  func faultsShowAsBedrocksErrors(fault: FaultPlan.Fault, status: Int, code: String) async throws {
    let emulator = try emulator { $0.faults = FaultPlan(rates: [fault: 1])! }
    let response = await emulator.respond(to: request(Self.claude, "converse"))
    #expect(response.status == status)
    #expect(response.headers.contains { $0.name == "x-amzn-ErrorType" && $0.value.hasPrefix("\(code):") })
    #expect(try await meter(emulator, Self.claudeTPM).inFlight == 0)
  }

  @Test func aCutStreamEndsWithItsException() async throws {
    let emulator = try emulator(output: 40) { $0.faults = FaultPlan(rates: [.cut: 1])! }
    let messages = try await collect(await emulator.respond(to: request(Self.claude, "converse-stream")))
    #expect(messages.last?[":exception-type"] == "modelStreamErrorException")
    let meter = try await meter(emulator, Self.claudeTPM)
    #expect(meter.quota - meter.available == 101 && meter.inFlight == 0)  // One in, and 20 of 40 out at five each.
  }

  /// Ten minutes of silence, once, and then the rest of the story.
  @Test func aStallHappensOnce() async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(output: 40, clock: clock) { $0.faults = FaultPlan(rates: [.stall: 1])! }
    let response = await emulator.respond(to: request(Self.nova, "converse-stream"))
    async let messages = collect(response)
    while clock.waiterCount == 0 { await Task.yield() }
    clock.advance(by: 599_000_000_000)
    #expect(clock.waiterCount == 1)
    clock.advance(by: 1_000_000_000)
    #expect(try await messages.last?[":event-type"] == "metadata")
    #expect(clock.waiterCount == 0)
  }

  /// A stream that began before a reset doesn't wait for the old time to come again, wherever the reset finds it.
  @Test(.timeLimit(.minutes(5)), arguments: [0, 1, 3]) func aResetEndsTheWaitsOfAStream(pieces: Int) async throws {
    let clock = EmulatorClock.manual()
    let emulator = try emulator(latency: 1, tokensPerSecond: 5, output: 40, clock: clock)
    clock.advance(by: 86_400_000_000_000)
    let response = await emulator.respond(to: request(Self.nova, "converse-stream"))
    async let messages = collect(response)
    for _ in 0..<pieces {
      while clock.waiterCount == 0 { await Task.yield() }
      clock.advance(by: 1_000_000_000)
    }
    if pieces > 0 { while clock.waiterCount == 0 { await Task.yield() } }
    let reset = ServerRequest(method: "POST", target: "/_emulator/reset", headers: [], body: Data())
    #expect(await emulator.respond(to: reset).status == 200)
    #expect(try await messages.last?[":event-type"] == "metadata")
    #expect(clock.waiterCount == 0)
  }

  /// The meter is 200,000 days in debt, which is more nanoseconds than an Int64 holds.
  @Test func theLongestWaitIsADay() async throws {
    let emulator = try emulator(output: 10) { $0.replies.sendsRetryAfter = true }
    let long = request(Self.nova, "converse", text: String(repeating: "word", count: 200_000))
    #expect(await emulator.respond(to: long).status == 200)
    for quota in try SampleAccount.load().applied
    where quota.quotaName == "Model invocation max tokens per day for Amazon Nova Pro (doubled for cross-region calls)" {
      try await control(emulator, "quotas", #"{"code":"\#(quota.quotaCode)","value":0.5}"#)
      try await control(emulator, "quotas", #"{"code":"\#(quota.quotaCode)","value":1}"#)
    }
    let refused = await emulator.respond(to: request(Self.nova, "converse"))
    #expect(refused.status == 429)
    #expect(refused.headers.first { $0.name == "Retry-After" }?.value == "86400")
  }

  @Test func aClockThatIsNotMovedKeepsItsSpeed() async throws {
    let clock = EmulatorClock.running()
    let emulator = try emulator(clock: clock)
    for _ in 0..<99 { clock.advance(by: 365 * 86_400_000_000_000) }
    try await control(emulator, "clock", #"{"advanceSeconds":31622400,"scale":10}"#, status: 400)
    #expect(clock.scale == 1)
    try await control(emulator, "clock", #"{"scale":10}"#)
    #expect(clock.scale == 10)
  }

  /// However short a stream is, it has a middle.
  @Test(arguments: 1...12) func shortStreamsAreCutToo(output: Int) async throws {
    let emulator = try emulator(output: output) { $0.faults = FaultPlan(rates: [.cut: 1])! }
    let messages = try await collect(await emulator.respond(to: request(Self.nova, "converse-stream")))
    #expect(messages.last?[":exception-type"] == "modelStreamErrorException")
  }

  /// A model with quotas of its own for the 1M context takes as much, and counts it there.
  @Test func longPromptsHaveQuotasOfTheirOwn() async throws {
    let emulator = try emulator()
    let id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    let text = String(repeating: "word", count: 249_000)
    let response = await emulator.respond(to: request(id, "converse", text: text))
    #expect(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
    let long = try await meter(
      emulator, "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length")
    #expect(long.quota - long.available >= 249_000)
    _ = await emulator.respond(to: request(id, "converse"))
    let plain = try await meter(emulator, "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1")
    #expect(plain.quota - plain.available > 0)
  }

  /// The least that a schema takes: required members only, nested and referred to, the first of several words.
  @Test(arguments: [
    (##"{"type":"object"}"##, "{}"),
    (##"{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}"##, ##"{"a":"sun"}"##),
    (
      ##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"enum":["x","y"]}}}"##,
      ##"{"a":"x"}"##
    ),
    (
      ##"{"required":["n","l","o"],"properties":{"n":{"type":"integer","minimum":7},"l":{"type":"array","minItems":2,"items":{"type":"boolean"}},"o":{"anyOf":[{"type":"null"}]}}}"##,
      ##"{"n":7,"l":[true,true],"o":null}"##
    ),
    (##"{"required":["a"],"properties":{"a":{"$ref":"#"}}}"##, nil), (##"{"type":"string"}"##, "{}"),
  ]) func aForcedToolGetsWhatItsSchemaRequires(schema: String, expected: String?) async throws {
    let body = Data(
      #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":\#(schema)}}}],"toolChoice":{"any":{}}}}"#
        .utf8)
    let response = try await emulator().respond(
      to: ServerRequest(method: "POST", target: "/model/\(Self.nova)/converse", headers: [], body: body))
    let use = try JSONValue(response.body)["output"]?["message"]?["content"]?.array?.first?["toolUse"]
    let input = try #require(use?["input"])
    // A schema that is in itself for ever ends somewhere.
    if let expected { #expect(input == (try JSONValue(Data(expected.utf8)))) }
  }

  /// What failed before the model was reached has warmed no cache.
  @Test func aFailureLeavesNothingInTheCache() async throws {
    let emulator = try emulator()
    let body = Data(
      #"{"messages":[{"role":"user","content":[{"text":"\#(String(repeating: "word", count: 2_000))"},{"cachePoint":{"type":"default"}}]}]}"#
        .utf8)
    func send() async throws -> (status: Int, read: Int?) {
      let response = await emulator.respond(
        to: ServerRequest(method: "POST", target: "/model/\(Self.claude)/converse", headers: [], body: body))
      return (response.status, try JSONValue(response.body)["usage"]?["cacheReadInputTokens"]?.integer)
    }
    try await control(emulator, "faults", #"{"internal-server-error":1}"#)
    #expect(try await send().status == 500)
    try await control(emulator, "faults", "{}")
    #expect(try await send().read == 0)
    #expect(try await send().read == 2_000)
  }

  private func control(_ emulator: Emulator, _ call: String, _ body: String, status: Int = 200) async throws {
    let request = ServerRequest(method: "PUT", target: "/_emulator/\(call)", headers: [], body: Data(body.utf8))
    #expect(await emulator.respond(to: request).status == status, "\(call) \(body)")
  }

  @Test func accessIsDeniedToIdsThatAreKnownAndComesBackWithAReset() async throws {
    let emulator = try emulator()
    try await control(emulator, "access", #"{"denied":["no.such-model"]}"#, status: 400)
    try await control(emulator, "access", #"{"denied":["\#(Self.claude)"]}"#)
    #expect(await emulator.respond(to: request(Self.claude, "converse")).status == 403)
    #expect(await emulator.respond(to: request(Self.nova, "converse")).status == 200)
    let reset = ServerRequest(method: "POST", target: "/_emulator/reset", headers: [], body: Data())
    #expect(await emulator.respond(to: reset).status == 200)
    #expect(await emulator.respond(to: request(Self.claude, "converse")).status == 200)
    #expect(throws: EmulatorError.self) { try self.emulator { $0.deniedModels = ["no.such-model"] } }
  }

  @Test(arguments: [
    ("clock", #"{"scale":0}"#), ("clock", #"{"scale":5,"advanceSeconds":-1}"#), ("clock", #"{"advanceSeconds":"x"}"#),
    ("faults", #"{"cut":2}"#), ("faults", #"{"nonsense":0.1}"#), ("quotas", #"{"code":"L-0","value":1}"#),
    ("quotas", #"{"code":"L-C0326783","value":-1}"#), ("traffic", #"{"modelId":"x","share":0.1}"#), ("traffic", "{}"),
    ("quota-requests", #"{"id":"x","status":"APPROVED"}"#), ("access", "[]"), ("faults", ""),
  ])
  func theControlAPIRefusesWhatItCanNotDo(call: String, body: String) async throws {
    try await control(try emulator(), call, body, status: 400)
  }

  @Test func aDroppedConnectionSaysNothing() async throws {
    let emulator = try emulator { $0.faults = FaultPlan(rates: [.drop: 1])! }
    #expect(await emulator.respond(to: request(Self.claude, "converse")).isDropped)
    await #expect(throws: (any Error).self) {
      try await collect(await emulator.respond(to: request(Self.claude, "converse-stream")))
    }
    #expect(try await meter(emulator, Self.claudeTPM).inFlight == 0)
  }

  @Test func theSameSeedSaysTheSame() async throws {
    func replies(_ seed: UInt64) async throws -> [Data] {
      let emulator = try emulator(seed: seed) { $0.replies.outputTokens = .typical }
      var bodies: [Data] = []
      for _ in 0..<5 { bodies.append(await emulator.respond(to: request(Self.nova, "converse")).body) }
      return bodies
    }
    #expect(try await replies(1) == replies(1))
    #expect(try await replies(1) != replies(2))
    #expect(Set(try await replies(1)).count == 5)
  }

  @Test func tokensOfADayRunOutAndComeBack() async throws {
    var account = try SampleAccount.load()
    let name = "Model invocation max tokens per day for Amazon Nova Pro (doubled for cross-region calls)"
    for index in account.applied.indices where account.applied[index].quotaName == name { account.applied[index].value = 1_000 }
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(99))
    let clock = EmulatorClock.manual()
    let emulator = try Emulator(accounts: [account], access: .anyone, behaviour: behaviour, clock: clock)
    func pass(_ id: String) async -> Int {
      var count = 0
      while await emulator.respond(to: request(id, "converse")).status == 200, count < 100 { count += 1 }
      return count
    }
    // A hundred tokens each, reserved with 101: the last one needs a little more than is left.
    #expect(await pass("amazon.nova-pro-v1:0") == 9)
    #expect(await pass(Self.nova) == 19)
    let refused = await emulator.respond(to: request(Self.nova, "converse"))
    #expect(String(decoding: refused.body, as: UTF8.self).contains("Too many tokens per day, please wait before trying again."))
    clock.advance(by: 86_400_000_000_000)
    #expect(await pass("amazon.nova-pro-v1:0") == 9)
  }
}
