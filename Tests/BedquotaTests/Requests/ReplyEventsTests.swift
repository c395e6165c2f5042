import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// Streams of the compatible APIs, read whole and event by event.
struct ReplyEventsTests {
  private static let chat = [
    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
    #"{"choices":[{"index":0,"delta":{"content":"Fi"},"finish_reason":null}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"ne."},"finish_reason":null}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    #"{"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":20}}}"#, "[DONE]",
  ]
  private static let response =
    #"{"id":"r","status":"completed","error":null,"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"Fine."}]}],"x":1E2,"usage":{"input_tokens":30,"output_tokens":12,"input_tokens_details":{"cached_tokens":20}}}"#
  private static let responses = [
    #"{"type":"response.created","response":{"status":"in_progress","error":null,"usage":null}}"#,
    #"{"type":"response.output_text.delta","delta":"Fi"}"#, #"{"type":"response.output_text.delta","delta":"ne."}"#,
    #"{"type":"response.output_text.done","text":"Fine."}"#,
    #"{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"Fine."}]}}"#,
    #"{"type":"response.completed","response":\#(response)}"#,
  ]
  private static let messages = [
    #"{"type":"message_start","message":{"id":"m","role":"assistant","content":[],"usage":{"input_tokens":10,"cache_read_input_tokens":20,"output_tokens":1}}}"#,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, #"{"type":"ping"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Fi"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ne."}}"#,
    #"{"type":"content_block_stop","index":0}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}"#, #"{"type":"message_stop"}"#,
  ]
  private static let usage = TokenUsage(input: 10, output: 12, cacheRead: 20)
  static let streams: [(ModelRequest.API, [String])] = [(.chatCompletions, chat), (.responses, responses), (.messages, messages)]

  private func request(_ api: ModelRequest.API) throws -> ModelRequest {
    // Long enough for the usage of the scripts.
    try #require(ModelRequest(prompt: String(repeating: "a ", count: 300), api, for: nil, maxTokens: 50))
  }

  /// A model that answers with these events, framed in this way and cut into pieces of so many bytes.
  private func model(_ events: [String], lineEnd: String = "\n", piece: Int = 7, comment: String = "") -> ScriptedModel {
    let text = events.map { "\(comment)event: x\(lineEnd)data: \($0)\(lineEnd)\(lineEnd)" }.joined()
    let bytes = Array(text.utf8)
    return ScriptedModel([
      .init { number in
        let start = number * piece
        return start < bytes.count ? Array(bytes[start..<min(start + piece, bytes.count)]) : nil
      }
    ])
  }

  @Test(arguments: streams, ["\n", "\r\n", "\r"])
  func aStreamBringsTextAndUsage(stream: (api: ModelRequest.API, events: [String]), lineEnd: String) async throws {
    for (piece, comment) in [(1, ""), (7, ": waiting\(lineEnd)\(lineEnd)"), (100_000, ":\(lineEnd)")] {
      let client = try model(stream.events, lineEnd: lineEnd, piece: piece, comment: comment).client()
      let reply = try await client.stream(request(stream.api))
      var text = ""
      for try await event in reply {
        text += event.text ?? ""
        #expect(event.type == "chunk")
      }
      #expect(text == "Fine." && reply.usage == Self.usage)
      let statistics = client.statistics
      #expect(statistics.succeeded == 1 && statistics.estimated == 0 && statistics.quotaTokens == 22)
      #expect(client.limiter.snapshot.counts.inFlight == 0)
    }
  }

  /// What `send` returns is what the API gives without streaming.
  @Test func wholeRepliesAreReadAsStreams() async throws {
    let response = try await model(Self.responses).client().send(request(.responses))
    #expect(String(decoding: response.body, as: UTF8.self) == Self.response)
    #expect(response.text == "Fine." && response.usage == Self.usage)
    let message = try await model(Self.messages).client().send(request(.messages))
    let expected =
      #"{"id":"m","role":"assistant","content":[{"type":"text","text":"Fine."}],"usage":{"input_tokens":10,"cache_read_input_tokens":20,"output_tokens":12},"stop_reason":"end_turn"}"#
    #expect(String(decoding: message.body, as: UTF8.self) == expected)
    #expect(message.text == "Fine." && message.usage == Self.usage)
  }

  /// Chat Completions are never streamed for a whole reply: its bytes are the service's.
  @Test func chatIsSentPlain() async throws {
    let body = #"{ "choices":[{"message":{"content":"Fine."}}],"usage":{"prompt_tokens":3,"completion_tokens":1E0} }"#
    let client = try ScriptedModel([.init { $0 == 0 ? Array(body.utf8) : nil }]).client()
    let reply = try await client.send(request(.chatCompletions))
    #expect(reply.body == Data(body.utf8) && reply.text == "Fine." && reply.usage == TokenUsage(input: 3, output: 1))
  }

  @Test func itemsMakeUpForAnEmptyOutput() async throws {
    let empty = #"{"type":"response.completed","response":{"id":"r","output":[],"usage":{"input_tokens":3,"output_tokens":1}}}"#
    let reply = try await model(Self.responses.dropLast() + [empty]).client().send(request(.responses))
    #expect(reply.text == "Fine." && reply.usage == TokenUsage(input: 3, output: 1))
  }

  /// Without its mark, a stream whose last event has come is whole; without its last event it isn't, though the mark may have come.
  @Test(arguments: streams)
  func aStreamEndsWithItsLastEvent(api: ModelRequest.API, events: [String]) async throws {
    let whole = events.filter { $0 != "[DONE]" }
    let reply = try await model(whole).client().stream(request(api))
    for try await _ in reply {}
    let cut = Array(whole.prefix(3))
    for events in [cut, cut + ["[DONE]"]] {
      let client = try model(events).client()
      let reply = try await client.stream(request(api))
      let error = await #expect(throws: AWSClientError.self) { for try await _ in reply {} }
      #expect(error?.message.contains("incomplete") == true && client.statistics.estimated == 1)
    }
  }

  /// The mark ends the reply, whatever the server does with its connection.
  @Test(.timeLimit(.minutes(5))) func nobodyWaitsForWhatComesAfterTheMark() async throws {
    let text = Self.chat.map { "data: \($0)\n\n" }.joined()
    let model = ScriptedModel([
      .init { number in
        if number == 0 { return Array(text.utf8) }
        if number == 1 { return Array("data: {\"choices\":[{\"delta\":{\"content\":\"More\"}}]}\n\n".utf8) }
        try await Task.sleep(for: .seconds(3_600))
        return nil
      }
    ])
    var read = ""
    let client = try model.client()
    for try await event in try await client.stream(request(.chatCompletions)) { read += event.text ?? "" }
    #expect(read == "Fine." && client.statistics.succeeded == 1)
  }

  @Test(
    arguments: [
      (
        .chatCompletions,
        #"{"error":{"message":"Too many tokens, please wait","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#,
        429, "rate_limit_exceeded: Too many tokens, please wait"
      ),
      (
        .messages, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, 529,
        "overloaded_error: Overloaded"
      ),
      (.responses, #"{"type":"error","code":"server_error","message":"Oh"}"#, 500, "server_error: Oh"),
      (
        .responses,
        #"{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"Too many requests"}}}"#,
        429, "rate_limit_exceeded: Too many requests"
      ),
    ] as [(ModelRequest.API, String, Int, String)])
  func anErrorEventEndsTheStream(api: ModelRequest.API, event: String, status: Int, message: String) async throws {
    let events = Self.streams.first { $0.0 == api }?.1.prefix(3) ?? []
    let client = try model(events + [event]).client()
    let reply = try await client.stream(request(api))
    let error = await #expect(throws: AWSClientError.self) { for try await _ in reply {} }
    #expect(RecordFailure(try #require(error)) == RecordFailure(code: status, message: message))
    // The text that has come is paid.
    #expect(client.statistics.failed == 1 && client.statistics.mayBePaid == (api == .messages ? 0 : 1))
  }

  /// As the first event it says that nothing was done: a throttled request comes again.
  @Test func anErrorAsTheFirstEventIsTriedAgain() async throws {
    let error = #"data: {"error":{"message":"Too many requests","code":"rate_limit_exceeded"}}"#
    let fine = Self.chat.map { "data: \($0)\n\n" }.joined()
    let model = ScriptedModel([error + "\n\n", fine].map { text in .init { $0 == 0 ? Array(text.utf8) : nil } })
    let client = try model.client()
    for try await _ in try await client.stream(request(.chatCompletions)) {}
    #expect(client.statistics.throttled == 1 && client.statistics.succeeded == 1)
  }

  @Test(
    arguments: [
      (.chatCompletions, #"{"choices":[]}"#), (.chatCompletions, "{}"), (.responses, #"{"output":{}}"#),
      (.messages, #"{"id":"m"}"#),
      (.messages, "<html>"), (.responses, ""), (.responses, "[]"),
    ] as [(ModelRequest.API, String)])
  func whatIsNoReply(api: ModelRequest.API, body: String) async throws {
    let client = try ScriptedModel([.init { $0 == 0 ? Array(body.utf8) : nil }]).client()
    let error = await #expect(throws: AWSClientError.self) { _ = try await client.send(request(api)) }
    #expect(error?.code == .response && error?.message.contains("is the endpoint really AWS's?") == true)
  }

  @Test func aFailedResponseIsAnError() async throws {
    let body = #"{"id":"r","status":"failed","error":{"code":"server_error","message":"Oh"},"output":[]}"#
    let client = try ScriptedModel([.init { $0 == 0 ? Array(body.utf8) : nil }]).client(
      {
        var options = QuotaAwareClient.Options()
        options.attemptsMax = 1
        return options
      }())
    let error = await #expect(throws: AWSClientError.self) { _ = try await client.send(request(.responses)) }
    #expect(error?.service?.code == "server_error" && error?.service?.message == "Oh")
  }

  /// An absurd usage costs no more than the request can.
  @Test func anAbsurdUsageIsCut() async throws {
    let usage = #"{"choices":[],"usage":{"prompt_tokens":9e300,"completion_tokens":9e300}}"#
    let client = try model(Self.chat.dropLast(2) + [usage]).client()
    for try await _ in try await client.stream(request(.chatCompletions)) {}
    #expect(client.statistics.outputTokens == 50 && client.statistics.inputTokens < 10_000)
    #expect(client.notes.contains { $0.contains("more tokens than its request allows") })
  }
}
