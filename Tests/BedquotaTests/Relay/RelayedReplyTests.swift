import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// What the gateway reads of replies that aren't as they should be.
struct RelayedReplyTests {
  private static let frames = [(name: "Content-Type", value: "application/vnd.amazon.eventstream")]
  private static let lines = [(name: "content-type", value: "text/event-stream; charset=utf-8")]

  private func chunk(_ json: String, padding: String = "") -> [UInt8] {
    let payload = #"{"bytes":"\#(Data(json.utf8).base64EncodedString())"\#(padding)}"#
    return EventStreamMessage.event("chunk", json: Data(payload.utf8)).encoded()
  }

  private func stream(_ api: ModelRequest.API, _ body: [UInt8]) -> RelayedBytes {
    RelayedBytes(api: api, isStreamed: true, headers: api.compatible == nil ? Self.frames : Self.lines, body: body)
  }

  private static let metrics = #"{"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":2}}"#

  /// However the payload is written, what it wraps is found.
  @Test(arguments: ["", #","p":"abc""#, #", "p": "a""#, #","x":1"#, #","p":"a\"b:c""#])
  func paddingAroundAChunk(padding: String) {
    let answer = stream(.invokeModel, chunk(Self.metrics, padding: padding)).answer()
    #expect(answer.usage == TokenUsage(input: 3, output: 2) && answer.isWhole)
  }

  @Test func theLastOfTwoMembersIsRead() {
    let other = Data("{}".utf8).base64EncodedString()
    let answer = stream(.invokeModel, chunk(Self.metrics, padding: #","bytes":"\#(other)""#)).answer()
    #expect(answer.usage == nil)
  }

  @Test(
    arguments: [
      ("throttlingException", #"{"message":"Too many tokens"}"#, "ThrottlingException", "Too many tokens"),
      ("modelStreamErrorException", #"{"message":"Oh","originalStatusCode":500}"#, "ModelStreamErrorException", "Oh"),
      ("internalServerException", "no JSON", "InternalServerException", ""),
    ])
  func anExceptionEndsAStream(type: String, payload: String, code: String, message: String) {
    let delta = EventStreamMessage.event("contentBlockDelta", json: Data(#"{"delta":{"text":"Fine"},"p":"abcdef"}"#.utf8))
    let end = EventStreamMessage.exception(type, json: Data(payload.utf8))
    let bytes = stream(.converse, delta.encoded() + end.encoded() + delta.encoded())
    for cuts in [[], Array(1..<bytes.body.count)] {
      let reply = bytes.relayed(cuts: cuts)
      #expect(reply.failure?.code == code && reply.failure?.message == message && reply.failure?.status == 200)
      #expect(reply.outputBytes == 4 && !reply.isWhole && reply.usage == nil && reply.isAtBoundary)
    }
  }

  @Test(
    arguments: [
      (.messages, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "overloaded_error"),
      (.chatCompletions, #"{"error":{"message":"Too many","code":"rate_limit_exceeded"}}"#, "rate_limit_exceeded"),
      (.responses, #"{"type":"error","code":"server_error","message":"Oh"}"#, "server_error"),
      (
        .responses, #"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Oh"}}}"#,
        "server_error"
      ),
    ] as [(ModelRequest.API, String, String)])
  func anErrorEndsAStream(api: ModelRequest.API, event: String, code: String) {
    let bytes = stream(
      api, Array("event: error\ndata: \(event)\n\ndata: {\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}\n\n".utf8))
    let reply = bytes.relayed()
    #expect(reply.failure?.code == code && reply.usage == nil && reply.isAtBoundary)
    #expect(bytes.answer(cuts: Array(1..<bytes.body.count)) == bytes.answer())
  }

  private static let chat = [
    #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
    #"{"choices":[{"index":0,"delta":{"content":"F\u00ef\ud83d\ude00\n"},"finish_reason":null}]}"#,
    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"{\"usage\":1}"}}]}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#,
    #"{"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":20}}}"#, "[DONE]",
    #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
  ]

  /// Lines end in three ways, data come in several lines, and comments and other fields bring nothing.
  @Test(arguments: ["\n", "\r\n", "\r"], ["\u{FEFF}", ""])
  func theLinesOfAStream(end: String, mark: String) {
    let text = Self.chat.map { ":comment\(end)\(end)id: 7\(end)event: data\(end)data:\($0)\(end)\(end)" }.joined()
    let bytes = stream(.chatCompletions, Array((mark + text).utf8))
    let expected = RelayedBytes.Answer(
      usage: TokenUsage(input: 10, output: 12, cacheRead: 20), outputBytes: 8 + 11, isWhole: true, endsAtLength: true)
    #expect(bytes.answer() == expected)
    let wrong = bytes.body.indices.dropFirst().filter { bytes.answer(cuts: [$0]) != expected }
    #expect(wrong.count == 0, "cut at \(wrong.prefix(5))")
    #expect(bytes.answer(cuts: Array(1..<bytes.body.count)) == expected)
  }

  @Test func dataOfSeveralLines() {
    let bytes = stream(
      .messages, Array("data: {\"type\":\ndata:\"message_stop\"\ndata\ndata: }\n\ndata: {\"type\":\"message_delta\"".utf8))
    #expect(bytes.answer().isWhole && !bytes.relayed().isAtBoundary)
    #expect(bytes.answer(cuts: Array(1..<bytes.body.count)).isWhole)
  }

  /// A frame beyond a megabyte passes uncounted but for its size, and those after it are read.
  @Test func aFrameThatIsTooLong() {
    let long = EventStreamMessage.event("contentBlockDelta", json: Data(count: 2_000_000)).encoded()
    let usage = EventStreamMessage.event("metadata", json: Data(#"{"usage":{"inputTokens":3,"outputTokens":2}}"#.utf8)).encoded()
    let bytes = stream(.converse, usage + long + usage)
    for cuts in [[], [5], [usage.count + 5], [usage.count + 50, 1_000_000]] {
      #expect(bytes.answer(cuts: cuts).usage == TokenUsage(input: 3, output: 2) && bytes.relayed(cuts: cuts).isAtBoundary)
      #expect(bytes.answer(cuts: cuts).outputBytes == long.count)
    }
  }

  /// After an impossible length, nothing is read and nothing may follow.
  @Test(arguments: [[0, 0, 0, 15, 0, 0, 0, 0], [0, 0, 0, 20, 0, 0, 0, 5], [255, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
  func aDamagedFrame(prelude: [UInt8]) {
    let usage = EventStreamMessage.event("metadata", json: Data(#"{"usage":{"inputTokens":3,"outputTokens":2}}"#.utf8)).encoded()
    let bytes = stream(.converse, prelude + [0, 0, 0, 0] + usage)
    for cuts in [[], Array(1..<bytes.body.count)] {
      #expect(bytes.answer(cuts: cuts).usage == nil && !bytes.relayed(cuts: cuts).isAtBoundary)
    }
  }

  /// Numbers that no reply has are clamped; fractions and texts are none.
  @Test(
    arguments: [
      (#"{"inputTokens":-5,"outputTokens":9e300}"#, TokenUsage(input: 0, output: TokenUsage.tokensMax)),
      (#"{"inputTokens":1.5,"outputTokens":1}"#, nil), (#"{"inputTokens":"1","outputTokens":1}"#, nil), ("null", nil),
    ] as [(String, TokenUsage?)])
  func oddNumbers(usage: String, expected: TokenUsage?) {
    let event = EventStreamMessage.event("metadata", json: Data(#"{"usage":\#(usage)}"#.utf8))
    #expect(stream(.converse, event.encoded()).answer().usage == expected)
  }

  /// A name or a type with an escape is read as well.
  @Test func escapesInNames() {
    let lines = [
      #"{"t\u0079pe":"message_start","message":{"usage":{"input_tokens":3}}}"#,
      #"{"type":"message\u005fdelta","us\u0061ge":{"output_tokens":2}}"#,
    ]
    let bytes = stream(.messages, Array(lines.map { "data: \($0)\n\n" }.joined().utf8))
    #expect(bytes.answer().usage == TokenUsage(input: 3, output: 2))
  }

  /// A plain reply of any length keeps little, and its usage is found behind its text.
  @Test func aLongReply() {
    let text = String(repeating: "Größe \\\"\\n", count: 500_000)
    let body = #"{"output":{"message":{"content":[{"text":"\#(text)"}]}},"usage":{"inputTokens":3,"outputTokens":2}}"#
    var reply = RelayedReply(api: .converse, isStreamed: false, status: 200, headers: [])
    reply.add(Array(body.utf8))
    #expect(reply.sieve.kept.count < 2_000)
    #expect(reply.end().usage == TokenUsage(input: 3, output: 2) && reply.isWhole)
    #expect(reply.outputBytes == 500_000 * 10)
  }

  /// Beyond what is kept, there is no usage; the reply is whole all the same.
  @Test func aReplyOfManyNumbers() {
    let numbers = Array(repeating: "0.12345678", count: 100_000).joined(separator: ",")
    let body = #"{"embedding":[\#(numbers)],"inputTextTokenCount":9}"#
    let headers = [
      (name: "X-Amzn-Bedrock-Input-Token-Count", value: "9"), (name: "x-amzn-bedrock-output-token-count", value: "0"),
    ]
    var bytes = RelayedBytes(api: .invokeModel, isStreamed: false, headers: headers, body: Array(body.utf8))
    #expect(bytes.answer() == .init(usage: TokenUsage(input: 9, output: 0), isWhole: true))
    bytes.headers = []
    #expect(bytes.answer() == .init(isWhole: true) && bytes.relayed().sieve.kept.count <= JSONSieve.keptMax)
  }

  /// Errors, and bodies in a content coding, are passed on unread.
  @Test func whatIsNotRead() {
    let usage = #"{"usage":{"inputTokens":3,"outputTokens":2}}"#
    var bytes = RelayedBytes(api: .converse, isStreamed: false, status: 429, body: Array(usage.utf8))
    #expect(bytes.answer() == .init(isWhole: true))
    (bytes.status, bytes.headers) = (200, [(name: "Content-Encoding", value: "gzip")])
    #expect(bytes.answer() == .init(isWhole: true))
    bytes.headers = [(name: "Content-Encoding", value: "identity")]
    #expect(bytes.answer().usage == TokenUsage(input: 3, output: 2))
  }

  @Test(arguments: ["", "{", #"{"usage":{"inputTokens":3,"outputTokens":2}"#, "<html>", "[1", "\"x"])
  func aReplyThatIsCut(body: String) {
    let answer = RelayedBytes(api: .converse, isStreamed: false, body: Array(body.utf8)).answer()
    #expect(!answer.isWhole && answer.usage == nil)
  }

  /// A server in between may answer in one piece though a stream was asked for, and doesn't always say so.
  @Test func aWholeReplyInPlaceOfAStream() {
    let body = #"{"content":[{"type":"text","text":"Fine."}],"usage":{"input_tokens":3,"output_tokens":2}}"#
    for headers in [[], [(name: "Content-Type", value: "application/json")]] {
      let answer = RelayedBytes(api: .messages, isStreamed: true, headers: headers, body: Array(body.utf8)).answer()
      #expect(answer == .init(usage: TokenUsage(input: 3, output: 2), outputBytes: 5, isWhole: true))
    }
    let lines = RelayedBytes(api: .messages, isStreamed: true, body: Array("data: {\"type\":\"message_stop\"}\n\n".utf8))
    #expect(lines.answer().isWhole)
  }
}
