import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// What the events of a stream make is what the call that doesn't stream returns, to the digit.
struct ReplyAssemblyTests {
  private func converse(_ events: [(String, String)]) throws -> String {
    var assembly = ConverseAssembly()
    for (type, payload) in events { try assembly.add(Array(payload.utf8), type: type) }
    return String(decoding: assembly.body.bytes, as: UTF8.self)
  }

  private func block(_ events: String...) throws -> String {
    let whole = try converse(
      [("messageStart", #"{"role":"assistant"}"#)]
        + events.map { ($0.contains(#""start""#) ? "contentBlockStart" : "contentBlockDelta", $0) })
    let prefix = #"{"output":{"message":{"role":"assistant","content":["#
    #expect(whole.hasPrefix(prefix) && whole.hasSuffix("]}}}"))
    return String(whole.dropFirst(prefix.count).dropLast(4))
  }

  @Test func aReplyOfConverse() throws {
    let body = try converse([
      ("messageStart", #"{"p":"abc","role":"assistant"}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"He\ud83d"}}"#),
      ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"\ude00 \"llo\n"},"p":"x"}"#),
      ("contentBlockStop", #"{"contentBlockIndex":0}"#),
      ("somethingNew", #"{"x":1}"#),
      ("messageStop", #"{"stopReason":"end_turn","additionalModelResponseFields":{"n":12345678901234567890}}"#),
      ("metadata", #"{"usage":{"inputTokens":5,"outputTokens":2,"x":1.0},"metrics":{"latencyMs":10},"p":"abcd"}"#),
    ])
    #expect(
      body
        == #"{"output":{"message":{"role":"assistant","content":[{"text":"He\ud83d\ude00 \"llo\n"}]}},"stopReason":"end_turn","additionalModelResponseFields":{"n":12345678901234567890},"usage":{"inputTokens":5,"outputTokens":2,"x":1.0},"metrics":{"latencyMs":10}}"#
    )
  }

  @Test func aTool() throws {
    #expect(
      try block(
        #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"add"}}}"#,
        #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"a\":1.50,"}}}"#,
        #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":" \"b\":\"x\"}"}}}"#)
        == #"{"toolUse":{"toolUseId":"t","name":"add","input":{"a":1.50,"b":"x"}}}"#)
    // A tool without arguments, and one that max_tokens has cut off.
    #expect(try block(#"{"start":{"toolUse":{"toolUseId":"t"}}}"#) == #"{"toolUse":{"toolUseId":"t","input":{}}}"#)
    #expect(
      try block(#"{"start":{"toolUse":{"toolUseId":"t"}}}"#, #"{"delta":{"toolUse":{"input":"{\"a"}}}"#)
        == #"{"toolUse":{"toolUseId":"t","input":"{\"a"}}"#)
  }

  @Test func reasoningCitationsAndWhatIsNew() throws {
    #expect(
      try block(
        #"{"delta":{"reasoningContent":{"text":"Let "}}}"#, #"{"delta":{"reasoningContent":{"text":"me"}}}"#,
        #"{"delta":{"reasoningContent":{"signature":"s=="}}}"#)
        == #"{"reasoningContent":{"reasoningText":{"text":"Let me","signature":"s=="}}}"#)
    #expect(
      try block(#"{"delta":{"reasoningContent":{"redactedContent":"AA=="}}}"#)
        == #"{"reasoningContent":{"redactedContent":"AA=="}}"#)
    #expect(
      try block(#"{"delta":{"text":"So"}}"#, #"{"delta":{"citation":{"title":"a"}}}"#, #"{"delta":{"citation":{"title":"b"}}}"#)
        == #"{"citationsContent":{"content":[{"text":"So"}],"citations":[{"title":"a"},{"title":"b"}]}}"#)
    #expect(
      try block(#"{"delta":{"poem":{"lines":["a"],"n":1}}}"#, #"{"delta":{"poem":{"lines":["b"],"n":2}}}"#)
        == #"{"poem":{"lines":["a","b"],"n":2}}"#)
  }

  @Test func aReplyOfAnthropic() throws {
    var assembly = AnthropicAssembly()
    let events = [
      #"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, #"{"type":"ping"}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo"}}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"add","input":{}}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":7}}"#,
      #"{"type":"message_stop"}"#,
    ]
    for event in events { try assembly.add(Array(event.utf8), type: "chunk") }
    #expect(
      String(decoding: assembly.body.bytes, as: UTF8.self)
        == #"{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"},{"type":"tool_use","id":"t","name":"add","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":9,"output_tokens":7},"stop_sequence":null}"#
    )
  }

  @Test(arguments: [
    ("", "empty"), ("<html></html>", "HTML"), ("x", "not JSON"), ("[]", "not an object"), ("{}", "no message"),
    (#"{"Output":{"__type":"x"},"Version":"1.0"}"#, "no message"), (#"{"message":"no"}"#, "no message"),
  ])
  func whatIsNoReplyOfConverse(body: String, word: String) {
    let problem = ReplyForm.problem(Data(body.utf8), try? JSONValue(Data(body.utf8)), of: .converse)
    #expect(problem?.contains(word) == true)
  }

  @Test(arguments: [
    ("{}", false), (#"{"__type":"x"}"#, false), (#"{"Output":{"__type":"x"},"Version":"1.0"}"#, false),
    (#"{"message":"no"}"#, false),
    (#"{"type":"error","error":{"type":"x"}}"#, false), (#"{"embedding":[1]}"#, true), (#"{"images":["x"],"error":null}"#, true),
    (#"{"output":{"message":{}}}"#, true), (#"{"generation":"x"}"#, true), (#"{"generation":""}"#, true),
    (#"{"errorMessage":"x"}"#, false), (#"{"code":500,"status":"error"}"#, false), (#"{"output":{}}"#, false),
    (#"{"embedding":[]}"#, false), (#"{"detail":"x"}"#, false), (#"{"content":[{"type":"text","text":"x"}],"error":"x"}"#, true),
    (#"{"timestamp":1,"status":502,"error":"Bad Gateway","path":"/"}"#, false), (#"{"newFamily":{"words":"x"}}"#, true),
  ])
  func whatIsAReplyOfAFamily(body: String, isReply: Bool) {
    #expect((ReplyForm.problem(Data(body.utf8), try? JSONValue(Data(body.utf8)), of: .invokeModel) == nil) == isReply)
  }
}
