import AWSServer
import AWSWire
import BedrockEmulator
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// Replies of the emulator in every API and family: the gateway's reader says what the client's readers say, however the bytes are cut.
struct RelayedEmulatorTests {
  struct Call: Sendable, CustomTestStringConvertible {
    var api: ModelRequest.API
    var id: String
    var more: JSONValue = [:]

    var testDescription: String { "\(api.rawValue) \(id)" }

    func request(streamed: Bool) throws -> ServerRequest {
      guard let request = ModelRequest(prompt: "How are you?", api, for: InvokedID(id)?.model, maxTokens: 50) else {
        throw ModelIsUnknown()
      }
      var members = request.body.members ?? []
      if api.compatible != nil {
        members.append(.init("model", .string(id)))
        if streamed { members.append(.init("stream", true)) }
        if streamed, api == .chatCompletions { members.append(.init("stream_options", ["include_usage": true])) }
      }
      let target =
        switch (api, streamed) {
        case (.converse, false): "/model/\(id)/converse"
        case (.converse, true): "/model/\(id)/converse-stream"
        case (.invokeModel, false): "/model/\(id)/invoke"
        case (.invokeModel, true): "/model/\(id)/invoke-with-response-stream"
        case (.chatCompletions, _): "/openai/v1/chat/completions"
        case (.responses, _): "/openai/v1/responses"
        case (.messages, _): "/anthropic/v1/messages"
        }
      return ServerRequest(
        method: "POST", target: target, headers: [("anthropic-version", "2023-06-01")],
        body: JSONValue.object(members + (more.members ?? [])).data)
    }
  }

  private struct ModelIsUnknown: Error {}

  private struct Sink: ResponseSink {
    var bytes: [UInt8] = []
    mutating func write(_ bytes: [UInt8]) { self.bytes += bytes }
  }

  static let calls: [Call] = [
    Call(api: .converse, id: "us.amazon.nova-pro-v1:0"), Call(api: .converse, id: "us.anthropic.claude-opus-4-7"),
    Call(api: .converse, id: "meta.llama3-70b-instruct-v1:0"), Call(api: .invokeModel, id: "us.anthropic.claude-opus-4-7"),
    Call(api: .invokeModel, id: "us.amazon.nova-pro-v1:0"), Call(api: .invokeModel, id: "meta.llama3-70b-instruct-v1:0"),
    Call(api: .invokeModel, id: "mistral.mistral-large-2402-v1:0"),
    Call(api: .invokeModel, id: "mistral.mistral-large-3-675b-instruct"), Call(api: .invokeModel, id: "openai.gpt-oss-20b-1:0"),
    Call(api: .chatCompletions, id: "openai.gpt-oss-20b-1:0"), Call(api: .chatCompletions, id: "us.openai.gpt-5.6-terra"),
    Call(api: .responses, id: "us.openai.gpt-5.6-terra"), Call(api: .messages, id: "us.anthropic.claude-opus-4-7"),
  ]
  private static let embeddings = [
    Call(api: .invokeModel, id: "amazon.titan-embed-image-v1"), Call(api: .invokeModel, id: "cohere.embed-v4:0"),
  ]

  private func bytes(_ call: Call, streamed: Bool, output: Int) async throws -> RelayedBytes {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(output))
    let emulator = try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
    let response = await emulator.respond(to: try call.request(streamed: streamed))
    try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
    var sink: any ResponseSink = Sink()
    if let stream = response.stream { try await stream.write(&sink) }
    let streamedBytes = (sink as? Sink)?.bytes ?? []
    return RelayedBytes(
      api: call.api, isStreamed: streamed, headers: response.headers, body: streamed ? streamedBytes : Array(response.body))
  }

  private func check(_ bytes: RelayedBytes) throws {
    let expected = try bytes.read()
    #expect(expected.usage != nil && expected.isWhole)
    #expect(bytes.answer() == expected)
    #expect(bytes.answer(cuts: Array(1..<bytes.body.count)) == expected)
    let wrong = bytes.body.indices.dropFirst().filter { bytes.answer(cuts: [$0]) != expected }
    #expect(wrong.count == 0, "cut at \(wrong.prefix(5))")
  }

  @Test(arguments: calls) func aStream(call: Call) async throws {
    try check(try await bytes(call, streamed: true, output: 12))
  }

  @Test(arguments: calls + embeddings) func aWholeReply(call: Call) async throws {
    var bytes = try await bytes(call, streamed: false, output: 12)
    let expected = try bytes.read()
    #expect(expected.usage != nil)
    #expect(bytes.answer() == expected)
    for cut in stride(from: 1, to: bytes.body.count, by: max(1, bytes.body.count / 300)) {
      #expect(bytes.answer(cuts: [cut]) == expected)
    }
    // Without the headers of InvokeModel, the body tells what it can.
    bytes.headers = []
    #expect(bytes.answer() == (try bytes.read()))
  }

  /// A reply that reached its bound says so.
  @Test(arguments: calls.filter { $0.api.compatible != nil }) func theEndAtItsLengthIsSeen(call: Call) async throws {
    for streamed in [false, true] {
      let bytes = try await bytes(call, streamed: streamed, output: 90)
      let expected = try bytes.read()
      #expect(expected.endsAtLength == (call.api != .responses || expected.usage?.output == 50))
      #expect(bytes.answer() == expected)
    }
  }

  /// An event of the service may follow at the end of each event, and nowhere else.
  @Test(arguments: calls) func theBoundariesAreThoseOfTheEvents(call: Call) async throws {
    let bytes = try await bytes(call, streamed: true, output: 12)
    var reply = RelayedReply(api: call.api, isStreamed: true, status: 200, headers: bytes.headers)
    #expect(reply.isAtBoundary)
    var found: [Int] = []
    for (index, byte) in bytes.body.enumerated() {
      reply.add([byte])
      if reply.isAtBoundary { found.append(index + 1) }
    }
    #expect(found == boundaries(bytes))
  }

  private func boundaries(_ bytes: RelayedBytes) -> [Int] {
    var ends: [Int] = []
    if bytes.api.streamForm == .eventStream {
      var index = 0
      while index < bytes.body.count {
        index += bytes.body[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
        ends.append(index)
      }
      return ends
    }
    return bytes.body.indices.dropFirst().filter { bytes.body[$0] == 0x0A && bytes.body[$0 - 1] == 0x0A }.map { $0 + 1 }
  }
}
