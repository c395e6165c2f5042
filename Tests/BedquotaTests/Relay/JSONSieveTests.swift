import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// What is kept of JSON that passes.
struct JSONSieveTests {
  private func sieve(_ json: String, _ names: MemberNames = .all, piece: Int = .max) -> JSONSieve {
    var sieve = JSONSieve(names)
    var rest = Array(json.utf8)[...]
    while !rest.isEmpty {
      Array(rest.prefix(piece)).withUnsafeBytes { sieve.add($0) }
      rest = rest.dropFirst(piece)
    }
    return sieve
  }

  @Test(
    arguments: [
      (#" { "a" : [ 1 , -2.5e3 , true , null ] } "#, #"{"a":[1,-2.5e3,true,null]}"#),
      (#"{"a":{"b":{"c":{"d":1},"e":[2]}}}"#, #"{"a":{"b":{"c":{"d":1},"e":[2]}}}"#),
      (#"{"a":{"b":{"c":{"d":{"e":1,"f":[2]},"g":3}}}}"#, #"{"a":{"b":{"c":{"d":{},"g":3}}}}"#),
      (#"{"a":[[[[[1],"x"]],2]]}"#, #"{"a":[[[[]],2]]}"#), (#"{"a":"\"\\\u0022}"}"#, #"{"a":"\"\\\u0022}"}"#),
      ("[DONE]", "[DONE]"),
    ])
  func theOuterLevelsAreKept(json: String, kept: String) {
    for piece in [1, 2, 3, .max] {
      let sieve = sieve(json, piece: piece)
      #expect(String(decoding: sieve.kept, as: UTF8.self) == kept && sieve.isClosed)
    }
  }

  /// Long texts are cut, and never in an escape.
  @Test(arguments: ["x", "é", "\\n", "\\u00e9", "\\ud83d\\ude00"])
  func longTextsAreCut(unit: String) throws {
    for lead in 0..<7 {
      let text = String(repeating: "y", count: lead) + String(repeating: unit, count: 3_000)
      let sieve = sieve(#"{"text":"\#(text)","usage":1}"#, piece: 100)
      #expect(sieve.kept.count < 1_100)
      let kept = try #require(sieve.json)
      #expect(kept["usage"] == 1 && kept["text"]?.string?.isEmpty == false && sieve.isTelling)
      let whole = try JSONValue(Array(#""\#(text)""#.utf8))
      #expect(sieve.textBytes == whole.string?.utf8.count)
    }
  }

  @Test(
    arguments: [
      (#"{"delta":{"text":"four"},"p":"padding","id":"x"}"#, 4), (#"{"delta":{"toolUse":{"input":"{\"a\":1}"}}}"#, 7),
      (#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"four"}}"#, 4),
      (#"{"response":{"text":"again","a":{"text":"b"}},"text":"four"}"#, 4), (#"{"texts":["a"],"text":["b"],"text":1}"#, 0),
    ])
  func textIsCounted(json: String, bytes: Int) { #expect(sieve(json, piece: 1).textBytes == bytes) }

  /// In Responses' streams, text that is repeated isn't counted twice.
  @Test(arguments: [
    (#"{"type":"response.output_text.delta","delta":"four"}"#, 4), (#"{"type":"response.output_text.done","text":"four"}"#, 0),
    (#"{"type":"response.output_item.done","item":{"arguments":"{}"}}"#, 0),
  ])
  func responsesTellTextOnce(json: String, bytes: Int) { #expect(sieve(json, .responsesStream).textBytes == bytes) }

  /// Nearly all events bring text alone, and are not read further.
  @Test(arguments: [
    (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\"usage\":{}"}}"#, false),
    (#"{"choices":[{"delta":{"content":"a"},"logprobs":null,"finish_reason":null}],"usage":null}"#, false),
    (#"{"type":"response.output_text.delta","delta":"a"}"#, false), (#"{"is_finished":false,"text":"a"}"#, false),
    (#"{"outputText":"a","completionReason":null}"#, false), (#"{"type":"ping"}"#, false), (#"{"stop_reason":""}"#, false),
    (#"{"type":"message_delta"}"#, true), (#"{"choices":[ ]}"#, true), (#"{"choices":[{"finish_reason":"stop"}]}"#, true),
    (#"{"usage":{}}"#, true), (#"{"is_finished":true}"#, true), (#"{"response":{}}"#, true), (#"{"a\n":1}"#, true),
    (#"{"error":"x"}"#, true), (#"{"status":"failed"}"#, true), (#"{"status":"in_progress"}"#, false),
  ])
  func fewEventsTell(json: String, isTelling: Bool) {
    for piece in [1, .max] { #expect(sieve(json, piece: piece).isTelling == isTelling) }
  }

  @Test func onlySoMuchIsKept() {
    let sieve = sieve(#"{"a":[\#(Array(repeating: "1", count: 300_000).joined(separator: ","))],"usage":1}"#)
    #expect(sieve.kept.count <= JSONSieve.keptMax && sieve.isOverfull && sieve.json == nil && sieve.isClosed)
  }

  @Test(arguments: ["}", "]]]]", "{}}", ":", ",", "\"", "{]", "\\", "{\"a\"}"])
  func whatIsNoJSON(text: String) {
    var sieve = sieve(text)
    #expect(sieve.json == nil)
    sieve.reset()
    Array(#"{"usage":1}"#.utf8).withUnsafeBytes { sieve.add($0) }
    #expect(sieve.json?["usage"] == 1 && sieve.isTelling && sieve.isClosed)
  }
}
