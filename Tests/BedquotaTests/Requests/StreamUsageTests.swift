import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// The tokens that a reply reports in the form of its family, where Bedrock's own metrics are missing.
struct StreamUsageTests {
  private static let start =
    #"{"type":"message_start","message":{"usage":{"input_tokens":30,"cache_read_input_tokens":200,"cache_creation_input_tokens":7,"output_tokens":1}}}"#
  private static let text = #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Fine."}}"#
  private static let delta = #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}"#
  private static let anthropic = TokenUsage(input: 30, output: 12, cacheRead: 200, cacheWrite: 7)

  private func usages(_ events: [String]) throws -> [TokenUsage?] {
    var counts = StreamUsage()
    return try events.map { counts.add(try JSONValue(Array($0.utf8)), type: "chunk") }
  }

  @Test func anthropicReportsAtBothEnds() throws {
    #expect(try usages([Self.start, Self.text, Self.delta]) == [nil, nil, Self.anthropic])
    // Newer models repeat all counts at the end.
    let whole = #"{"type":"message_delta","usage":{"input_tokens":31,"output_tokens":12}}"#
    #expect(try usages([Self.start, whole]).last == TokenUsage(input: 31, output: 12, cacheRead: 200, cacheWrite: 7))
    #expect(try usages([Self.delta]) == [nil], "without its start, the input isn't known")
  }

  @Test func bedrocksMetricsCountMost() throws {
    let metrics = #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":33,"outputTokenCount":14}}"#
    #expect(try usages([Self.start, Self.delta, metrics]).last == TokenUsage(input: 33, output: 14))
  }

  @Test(
    arguments: [
      (
        #"{"metadata":{"usage":{"inputTokens":9,"outputTokens":4,"cacheReadInputTokenCount":0}}}"#,
        TokenUsage(input: 9, output: 4)
      ),
      (#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#, TokenUsage(input: 9, output: 4)),
      (
        #"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":5}}}"#,
        TokenUsage(input: 4, output: 4, cacheRead: 5)
      ),
      (
        #"{"generation":"","prompt_token_count":9,"generation_token_count":4,"stop_reason":"stop"}"#,
        TokenUsage(input: 9, output: 4)
      ),
      // What is reported before the end is not the reply's usage.
      (#"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#, nil),
      (#"{"generation":"a","prompt_token_count":9,"generation_token_count":1,"stop_reason":null}"#, nil),
      (#"{"metadata":{"usage":{"inputTokens":1.5,"outputTokens":4}}}"#, nil), (#"{"outputText":"a"}"#, nil),
    ] as [(String, TokenUsage?)])
  func theOtherFamiliesReportAtTheEnd(event: String, usage: TokenUsage?) throws { #expect(try usages([event]) == [usage]) }

  @Test(
    arguments: [
      (#"{"content":[],"usage":{"input_tokens":9,"output_tokens":4}}"#, TokenUsage(input: 9, output: 4)),
      (#"{"output":{},"usage":{"inputTokens":9,"outputTokens":4}}"#, TokenUsage(input: 9, output: 4)),
      (#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}"#, TokenUsage(input: 9, output: 4)),
      (#"{"inputTextTokenCount":9,"results":[{"tokenCount":3},{"tokenCount":1}]}"#, TokenUsage(input: 9, output: 4)),
      (#"{"embedding":[0.5],"inputTextTokenCount":9}"#, TokenUsage(input: 9, output: 0)),
      (#"{"inputTextTokenCount":9,"results":[{"tokenCount":"3"}]}"#, nil), (#"{"usage":{"total_tokens":13}}"#, nil),
    ] as [(String, TokenUsage?)])
  func aWholeBodyReportsItsUsage(body: String, usage: TokenUsage?) throws {
    #expect(TokenUsage(body: try JSONValue(Array(body.utf8))) == usage)
  }

  private func chunk(_ json: String) -> [UInt8] {
    let payload: JSONValue = ["bytes": .string(Data(json.utf8).base64EncodedString())]
    return EventStreamMessage.event("chunk", json: payload.data).encoded()
  }

  private func request() throws -> ModelRequest {
    let json =
      #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":50,"messages":[{"role":"user","content":"\#(String(repeating: "a", count: 900))"}]}"#
    return try ModelRequest(.invokeModel, json: Data(json.utf8))
  }

  /// Read as a whole or as a stream, a reply without metrics costs what its events say.
  @Test(arguments: [false, true])
  func aStreamWithoutMetricsIsNotEstimated(streamed: Bool) async throws {
    let events = [Self.start, Self.text, Self.delta, #"{"type":"message_stop"}"#].map(chunk)
    let client = try ScriptedModel([.init { $0 < events.count ? events[$0] : nil }]).client()
    if streamed {
      let stream = try await client.stream(request())
      for try await _ in stream {}
      #expect(stream.usage == Self.anthropic)
    } else {
      #expect(try await client.send(request()).usage == Self.anthropic)
    }
    #expect(client.statistics.estimated == 0 && client.statistics.outputTokens == 12 && client.statistics.quotaTokens == 49)
  }

  /// Its start alone tells nothing of its output.
  @Test func aStreamThatBreaksAfterItsStartIsEstimated() async throws {
    let events = [Self.start, Self.text].map(chunk)
    let client = try ScriptedModel([.init { $0 < events.count ? events[$0] : nil }]).client()
    let stream = try await client.stream(request())
    await #expect(throws: AWSClientError.self) { for try await _ in stream {} }
    #expect(client.statistics.estimated == 1 && client.statistics.outputTokens == 2)
  }
}
