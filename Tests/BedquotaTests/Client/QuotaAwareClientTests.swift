import AWSWire
import AdmissionControl
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import Testing

/// What the client sends, reserves, settles and says, against the emulator over HTTP.
struct QuotaAwareClientTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  @Test func aReplyIsChargedOnce() async throws {
    try await ClientBench.with(ClientBench.claude) { [request] client, emulator in
      let reply = try await client.send(request)
      #expect(reply.usage?.totalInput == 3 && reply.usage?.output == 40)
      #expect(try await ClientBench.inFlight(emulator) == 0)
      let statistics = client.statistics
      #expect(statistics.requests == 1 && statistics.succeeded == 1 && statistics.attempted == 1)
      #expect(statistics.quotaTokens == 203 && statistics.successRate == 1 && statistics.estimated == 0)
      #expect(statistics.took!.p50 >= statistics.waited!.p50)
      #expect(client.limiter.snapshot.counts.inFlight == 0 && client.notes.isEmpty)
    }
  }

  /// Every model of the account whose input and output are text or vectors: in Converse's form and in its family's, whole and
  /// streamed.
  @Test func everyFamily() async throws {
    let account = try SampleAccount.load()
    let models = account.models.filter { $0.outputModalities.map { $0 == ["TEXT"] || $0 == ["EMBEDDING"] } ?? false }
    try await ClientBench.with { shared, _ in
      let resolver = ModelCatalog.empty.resolver(for: QuotaInventory(region: "us-east-1", quotas: []), facts: .builtIn)
      var families: Set<String> = []
      for model in models {
        guard let modelID = ModelID(model.modelId), let own = ModelRequest(prompt: "Hi", invoking: modelID, maxTokens: 30),
          let id = ([model.modelId] + account.profiles.map(\.inferenceProfileId)).first(where: {
            $0 == model.modelId ? model.inferenceTypesSupported?.contains("ON_DEMAND") == true : $0.hasSuffix(model.modelId)
          })
        else { continue }
        families.insert(modelID.provider)
        let client = QuotaAwareClient(resolver.resolve(try #require(InvokedID(id))), session: shared.session)
        let reply = try await client.send(own)
        #expect(reply.usage != nil, "\(id)")
        guard !modelID.isEmbeddingModel else { continue }
        for request in [own, ModelRequest(prompt: "Hi", maxTokens: 30)] {
          let whole = try await client.send(request)
          #expect(whole.text?.isEmpty == false && whole.usage?.output == 30, "\(id)")
          guard model.responseStreamingSupported == true else { continue }
          var text = ""
          let stream = try await client.stream(request)
          for try await event in stream { text += event.text ?? "" }
          #expect(text.utf8.count > 60 && stream.usage?.output == 30, "\(id) \(request.api)")
        }
        #expect(client.statistics.estimated == 0, "\(id)")
      }
      #expect(families.count >= 6, "\(families)")
    }
  }

  /// Whole and streamed, over every API that a model has: the same cost, on one meter of the server, to the token.
  @Test(
    arguments: [
      ("us.openai.gpt-5.6-terra", [ModelRequest.API.converse, .invokeModel, .chatCompletions, .responses]),
      (ClientBench.claude, [.converse, .invokeModel, .messages]),
    ])
  func everyAPIDrawsOnOneMeter(id: String, apis: [ModelRequest.API]) async throws {
    // Nothing refills within a minute of the server's, which here takes hours.
    try await ClientBench.with(id, change: { $0.semantics = .fixed60 }) { client, emulator in
      #expect(await ClientBench.control(emulator, "clock", ["scale": 0.001]) == 200)
      for api in apis {
        let request = try #require(ModelRequest(prompt: "How are you?", api, for: client.resolution.modelID, maxTokens: 100))
        let reply = try await client.send(request)
        #expect(reply.usage == TokenUsage(input: 3, output: 40) && reply.text?.isEmpty == false, "\(api)")
        var text = ""
        let stream = try await client.stream(request)
        for try await event in stream { text += event.text ?? "" }
        #expect(stream.usage == reply.usage && text.utf8.count > 60, "\(api)")
      }
      try await ClientBench.untilIdle(emulator)
      let cost = Double(2 * apis.count * (3 + 40 * (client.resolution.outputBurndown ?? 1)))
      #expect(client.statistics.quotaTokens == Int64(cost) && client.statistics.estimated == 0)
      let used = try await ClientBench.meters(emulator).compactMap { meter in
        meter["measure"]?.string == "tpm" ? (meter["quota"]?.double ?? 0) - (meter["available"]?.double ?? 0) : nil
      }
      #expect(used.filter { $0 > 1 }.count == 1 && used.reduce(0, +) == cost, "\(used)")
    }
  }

  @Test func maxTokensIsFilledInWhereAskedFor() async throws {
    let bare = ModelRequest(prompt: "How are you?")
    try await ClientBench.with(ClientBench.claude) { client, _ in
      #expect(try await client.cost(of: bare).reserved.tokens > 10_000)
      _ = try await client.send(bare)
      _ = try await client.send(bare)
      #expect(client.notes.count == 1 && client.notes[0].contains("max_tokens"))
    }
    var options = QuotaAwareClient.Options()
    options.maxTokensWhenUnset = 20
    try await ClientBench.with(ClientBench.claude, options: options) { client, _ in
      #expect(try await client.send(bare).usage?.output == 20)
      let own = try ModelRequest(
        .invokeModel, json: Data(#"{"anthropic_version":"bedrock-2023-05-31","messages":[{"role":"user","content":"Hi"}]}"#.utf8))
      #expect(try await client.send(own).usage?.output == 20)
      #expect(client.notes.isEmpty)
    }
  }

  @Test func tokensAreCountedWhereAskedFor() async throws {
    var options = QuotaAwareClient.Options()
    options.countsTokens = true
    let long = ModelRequest(prompt: String(repeating: "word", count: 1_000), maxTokens: 100)
    // Bedrock counts for the bare id of a model, and refuses the profile's.
    let profile = "us.anthropic.claude-opus-4-6-v1"
    try await ClientBench.with(profile, options: options) { client, _ in
      #expect(try await client.cost(of: long, counting: true).reserved.tokens == 1_100)
      #expect(try await client.cost(of: long).reserved.tokens > 1_300)
      _ = try await client.send(long)
      #expect(client.notes.isEmpty)
    }
    // Where it may not be counted: an estimate, a word about it, and no second try.
    try await ClientBench.with(profile, options: options) { client, emulator in
      await ClientBench.control(emulator, "access", ["denied": ["anthropic.claude-opus-4-6-v1"]])
      #expect(try await client.cost(of: long, counting: true).reserved.tokens > 1_300)
      #expect(client.notes.count == 1 && client.notes[0].hasPrefix("Tokens can't be counted beforehand"))
      await ClientBench.control(emulator, "access", ["denied": []])
      _ = try await client.send(long)
      #expect(client.notes.count == 1 && client.statistics.succeeded == 1)
    }
  }

  @Test func aReplyThatDoesNotSayIsEstimated() async throws {
    try await ClientBench.with(ClientBench.claude, change: { $0.faults = FaultPlan(rates: [.noUsage: 1])! }) {
      [request] client, emulator in
      let reply = try await client.send(request)
      #expect(reply.usage == nil)
      // Four bytes to a token, as the emulator counts; the text of 40 tokens is a little shorter.
      #expect((190...206).contains(client.statistics.quotaTokens) && client.statistics.estimated == 1)
      let stream = try await client.stream(request)
      for try await _ in stream {}
      #expect(stream.usage == nil && client.statistics.estimated == 2 && client.statistics.succeeded == 2)
      #expect((380...412).contains(client.statistics.quotaTokens))
      #expect(client.limiter.snapshot.counts.inFlight == 0)
    }
  }

  /// A third too much at first, for nobody knows how many bytes a token has; a few percent when replies have told.
  @Test func inputIsEstimatedByWhatRepliesSaid() async throws {
    let text = ModelRequest(prompt: String(repeating: "word", count: 1_000), maxTokens: 40)
    try await ClientBench.with { client, _ in
      let first = try await client.cost(of: text).reserved.tokens
      for _ in 0..<31 { _ = try await client.send(text) }
      #expect(try await client.cost(of: text).reserved.tokens == first)
      let used = try await #require(client.send(text).usage)
      let learnt = try await client.cost(of: text).reserved.tokens
      #expect(Double(first) > 1.3 * Double(used.totalInput + 40))
      #expect((used.totalInput + 40...used.totalInput * 104 / 100 + 40).contains(Int(learnt)))
      // What is odd of a small one is not for a large one.
      let small = ModelRequest(
        .converse,
        body: [
          "messages": [["role": "user", "content": [["image": ["source": ["bytes": "iVBORw0K"]]]]]],
          "inferenceConfig": ["maxTokens": 9],
        ])
      _ = try? await client.send(small)
      #expect(try await client.cost(of: text).reserved.tokens <= first)
      // A picture says nothing of its tokens by its bytes.
      let picture = ModelRequest(
        .converse, body: ["messages": [["role": "user", "content": [["image": ["source": ["bytes": .string(Self.base64)]]]]]]])
      #expect(try await client.cost(of: picture).reserved.tokens >= 1_600)
    }
  }

  private static let base64 = String(repeating: "iVBORw0K", count: 1_000)

  @Test func deadlinesBoundWaitingAndAnswering() async throws {
    var options = QuotaAwareClient.Options()
    options.deadline = .milliseconds(300)
    try await ClientBench.with(latency: 20, options: options) { [request] client, _ in
      let error = await #expect(throws: AWSClientError.self) { _ = try await client.send(request) }
      #expect(error?.code == .timeout)
      #expect(client.limiter.snapshot.counts.inFlight == 0 && client.statistics.failed == 1)
    }
  }

  @Test func whatCanNeverFitIsRefusedWithTheFigure() async throws {
    try await ClientBench.with { client, _ in
      let huge = ModelRequest(prompt: "Hi", maxTokens: 900_000_000)
      let refusal = await #expect(throws: Refusal.self) { _ = try await client.send(huge) }
      #expect(refusal?.code == .neverFits && refusal?.limit?.measure == .tokensPerMinute)
      let (needed, limit) = (try #require(refusal?.needed), try #require(refusal?.limit?.value))
      #expect(needed > limit && limit > 0)
      #expect(refusal?.message.contains("L-C0326783 (tokens per minute)") == true)
      #expect(client.statistics.refused == 1 && client.statistics.attempted == 0 && client.statistics.failed == 1)
    }
  }

  @Test func whatIsNoIDIsSaidAtOnce() async throws {
    try await ClientBench.with { client, _ in
      let error = await #expect(throws: BedquotaError.self) { _ = try await QuotaAwareClient("us.", session: client.session) }
      #expect(error?.code == .request)
    }
  }
}
