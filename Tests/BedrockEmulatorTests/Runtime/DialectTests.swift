import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// OpenAI's and Anthropic's APIs, without a network.
struct DialectTests {
  private static let gpt = "us.openai.gpt-5.6-terra"
  private static let oss = "openai.gpt-oss-20b-1:0"
  private static let claude = "us.anthropic.claude-opus-4-7"
  private static let (chat, responses) = ("/openai/v1/chat/completions", "/openai/v1/responses")
  private static let (messages, count) = ("/anthropic/v1/messages", "/anthropic/v1/messages/count_tokens")

  private func emulator(_ output: Int = 12) throws -> Emulator {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(output))
    return try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
  }

  private func body(_ model: String, _ path: String, _ more: [JSONValue.Member] = []) -> JSONValue {
    let question: JSONValue.Member =
      path == Self.responses ? .init("input", "word") : .init("messages", [["role": "user", "content": "word"]])
    let limit: [JSONValue.Member] =
      path.hasPrefix("/anthropic") ? [.init("max_tokens", 50), .init("anthropic_version", "x")] : []
    return .object([.init("model", .string(model)), question] + (path == Self.count ? [limit[1]] : limit) + more)
  }

  private func post(_ path: String, _ body: JSONValue, to emulator: Emulator) async -> ServerResponse {
    await emulator.respond(to: ServerRequest(method: "POST", target: path, headers: [], body: body.data))
  }

  @Test(arguments: [
    (chat, [gpt, oss, "deepseek.v3.2", "mistral.mistral-large-3-675b-instruct", "qwen.qwen3-vl-235b-a22b"]),
    (responses, [gpt]), (messages, [claude, "us.anthropic.claude-sonnet-4-20250514-v1:0"]), (count, [claude]),
  ])
  func anAPIServesModels(path: String, models: [String]) async throws {
    let emulator = try emulator()
    for model in models { #expect(await post(path, body(model, path), to: emulator).status == 200, "\(model)") }
  }

  @Test(arguments: [
    (chat, [claude, "us.amazon.nova-pro-v1:0", "meta.llama3-70b-instruct-v1:0", "mistral.mistral-large-2402-v1:0"], 404),
    (responses, [claude, "us.amazon.nova-pro-v1:0"], 404), (responses, [oss, "deepseek.v3.2"], 400),
    (messages, [gpt, oss, "us.amazon.nova-pro-v1:0"], 404), (count, [gpt], 404), (chat, ["openai.gpt-5.6-terra", "none"], 400),
  ])
  func anAPIRefusesModels(path: String, models: [String], status: Int) async throws {
    let emulator = try emulator()
    for model in models {
      let response = await post(path, body(model, path), to: emulator)
      #expect(response.status == status, "\(model)")
      #expect(try JSONValue(response.body)["error"]?["message"]?.string?.isEmpty == false)
    }
  }

  @Test func onlyPostIsAnAPI() async throws {
    for path in [Self.chat, Self.responses, Self.messages] {
      let request = ServerRequest(method: "GET", target: path, headers: [], body: Data())
      let response = await (try emulator()).respond(to: request)
      #expect(response.status >= 400)
    }
  }

  @Test func aQueryDoesNotMatter() async throws {
    let response = await post(Self.messages + "?beta=true", body(Self.claude, Self.messages), to: try emulator())
    #expect(response.status == 200)
  }

  @Test(arguments: ["", "[]", "nonsense", "{}", #"{"model": 5}"#, #"{"model": ""}"#])
  func aBodyThatIsNoRequest(body: String) async throws {
    for path in [Self.chat, Self.responses, Self.messages, Self.count] {
      let request = ServerRequest(method: "POST", target: path, headers: [], body: Data(body.utf8))
      let response = await (try emulator()).respond(to: request)
      #expect(response.status == 400)
      let type = try JSONValue(response.body)["error"]?["type"]?.string
      #expect(type == "invalid_request_error")
    }
  }

  @Test func aGuardrailDoesNotExist() async throws {
    for (path, model) in [(Self.chat, Self.gpt), (Self.responses, Self.gpt), (Self.messages, Self.claude)] {
      let request = ServerRequest(
        method: "POST", target: path, headers: [("X-Amzn-Bedrock-GuardrailIdentifier", "abc")], body: body(model, path).data)
      let response = await (try emulator()).respond(to: request)
      #expect(response.status == 400)
      let message = try JSONValue(response.body)["error"]?["message"]?.string
      #expect(message == "The guardrail identifier or version provided in the request does not exist.")
    }
  }

  @Test func theOldestResponsesAreForgotten() async throws {
    let emulator = try emulator()
    var ids: [String] = []
    for _ in 0...1_000 {
      let response = await post(Self.responses, body(Self.gpt, Self.responses), to: emulator)
      ids.append(try #require(try JSONValue(response.body)["id"]?.string))
    }
    for (id, status) in [(ids[0], 400), (ids[1], 200), (ids[1_000], 200)] {
      let more: [JSONValue.Member] = [.init("previous_response_id", .string(id)), .init("store", false)]
      #expect(await post(Self.responses, body(Self.gpt, Self.responses, more), to: emulator).status == status)
    }
  }

  // MARK: - Streams

  private struct Sink: ResponseSink {
    var text = ""
    mutating func write(_ bytes: [UInt8]) { text += String(decoding: bytes, as: UTF8.self) }
  }

  /// The events of a stream: their names and their data.
  private func events(
    _ path: String, _ model: String, _ more: [JSONValue.Member] = []
  ) async throws -> [(name: String?, data: String)] {
    let response = await post(path, body(model, path, more + [.init("stream", true)]), to: try emulator())
    #expect(response.status == 200)
    #expect(response.headers.contains { $0.name == "Content-Type" && $0.value.hasPrefix("text/event-stream") })
    var sink: any ResponseSink = Sink()
    try await #require(response.stream).write(&sink)
    let text = try #require(sink as? Sink).text
    #expect(text.hasSuffix("\n\n"))
    return text.dropLast(2).split(separator: "\n\n").map { frame in
      let lines = frame.split(separator: "\n")
      let name = lines.first.flatMap { $0.hasPrefix("event: ") ? String($0.dropFirst(7)) : nil }
      return (name, String(lines.last?.trimmingPrefix("data: ") ?? ""))
    }
  }

  @Test func chunksOfChatCompletions() async throws {
    let events = try await events(Self.chat, Self.oss, [.init("stream_options", ["include_usage": true])])
    #expect(events.allSatisfy { $0.name == nil } && events.last?.data == "[DONE]")
    let chunks = try events.dropLast().map { try JSONValue(Array($0.data.utf8)) }
    // The role, three pieces of five tokens at most, the reason, the usage.
    #expect(chunks.count == 6 && chunks.allSatisfy { $0["object"] == "chat.completion.chunk" })
    #expect(chunks[4]["choices"]?.array?.first?["finish_reason"] == "stop")
    #expect(chunks[5]["choices"] == [] && chunks[5]["usage"]?["completion_tokens"] == 12)
  }

  @Test(arguments: [(responses, gpt), (messages, claude)])
  func eventsAreNamedByTheirType(path: String, model: String) async throws {
    let events = try await events(path, model)
    for event in events { #expect(try JSONValue(Array(event.data.utf8))["type"]?.string == event.name) }
    #expect(events.last?.name == (path == Self.messages ? "message_stop" : "response.completed"))
  }

  @Test func aStreamedCallOfATool() async throws {
    let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]]
    let tool: JSONValue = ["type": "function", "name": "add", "parameters": schema]
    let events = try await events(Self.responses, Self.gpt, [.init("tools", [tool]), .init("tool_choice", "required")])
    let done = try #require(events.first { $0.name == "response.function_call_arguments.done" })
    #expect(try JSONValue(Array(done.data.utf8))["arguments"]?.string == #"{"a":1}"#)
    let final = try JSONValue(Array(try #require(events.last).data.utf8))["response"]
    #expect(final?["output"]?.array?.first?["type"] == "function_call" && final?["status"] == "completed")
  }
}
