import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// The lines of an input.
struct RecordReaderTests {
  private func records(_ data: Data) throws -> [BatchRecord] {
    let folder = try BatchFolder(lines: 0)
    try data.write(to: folder.input)
    var all = try RecordReader.Records(BatchInput(folder.input))
    var records: [BatchRecord] = []
    while let record = try all.next() { records.append(record) }
    return records
  }

  private func record(_ line: String) -> BatchRecord { BatchRecord(index: 4, line: Data(line.utf8)) }

  @Test func blankLinesAreLeftOut() throws {
    let found = try records(Data("\u{FEFF}a\r\n\n \t\r\nb\nc\n\u{FEFF}\nlast".utf8))
    #expect(found.map(\.index) == [0, 3, 4, 6])
    #expect(found.map(\.recordID) == ["line-1", "line-4", "line-5", "line-7"])
  }

  @Test func gzipIsRead() throws {
    let lines = (0..<3).map { Data((BatchFolder.line($0) + "\n").utf8) }
    let found = try records(Gzip.member(lines[0]) + Gzip.member(Data()) + Gzip.member(lines[1] + lines[2]))
    #expect(found.map(\.recordID) == ["r0", "r1", "r2"] && found.allSatisfy { $0.problem == nil })
  }

  @Test func damagedGzipIsAnError() throws {
    let member = Gzip.member(Data((BatchFolder.line(0) + "\n").utf8))
    #expect(throws: BedquotaError.self) { try records(member.prefix(member.count - 3)) }
  }

  @Test(
    arguments: ["\u{FEFF}%", "  \t%", "%\r", "\u{FEFF} % \r", "%"])
  func whatStandsAroundTheObjectCostsNoRecord(frame: String) {
    let found = record(frame.replacingOccurrences(of: "%", with: #"{"recordId":"a","modelInput":{"max_tokens":5}}"#))
    #expect(found.recordID == "a" && found.problem == nil && found.request()?.maxTokens == 5)
  }

  @Test(
    arguments: [
      ("garbage", "not a JSON object"), ("# comment", "not a JSON object"), ("[1]", "not a JSON object"),
      (#"{"recordId":"a","modelInput":{}"#, "wrong at byte 32"), (#"{"recordId":"a"}"#, "no modelInput"),
      (#"{"recordId":"a","modelInput":7}"#, "modelInput is not a JSON object"),
      (#"{"recordId":"a","modelInput":{}} {"recordId":"b","modelInput":{}}"#, "a line of its own"),
      (#"{"custom_id":"a"}"#, "beside its custom_id"), (#"{"custom_id":"a","body":7}"#, "body is not a JSON object"),
      (#"{"custom_id":"a","params":[]}"#, "params is not a JSON object"),
      (#"{"custom_id":"a","url":"/v1/embeddings","body":{}}"#, "url is /v1/embeddings"),
      (#"{"custom_id":"a","url":7,"body":{}}"#, "url is no text"), (#"{"custom_id":1.5,"body":{}}"#, "custom_id must be"),
      (#"{"recordId":1.5,"modelInput":{}}"#, "recordId must be"),
      (#"{"recordId":null,"modelInput":{}}"#, "recordId must be"), (#"{"recordId":"","modelInput":{}}"#, "recordId must be"),
    ])
  func aLineWithoutARequestSaysWhy(line: String, why: String) {
    let found = record(line)
    #expect(found.problem?.contains(why) == true && found.request() == nil)
  }

  /// Lines as users have them for the batches of other vendors.
  @Test(
    arguments: [
      (#"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"max_tokens":5}}"#, .chatCompletions),
      (#"{"custom_id":"a","method":"POST","url":"https://x/openai/v1/responses","body":{"max_output_tokens":5}}"#, .responses),
      (#"{"custom_id":"a","url":"/v1/messages","body":{"max_tokens":5}}"#, .messages),
      (#"{"custom_id":"a","params":{"max_tokens":5}}"#, .messages),
      (#"{"custom_id":"a","body":{"input":"hi","max_output_tokens":5}}"#, .converse),
      (#"{"recordId":"a","custom_id":"b","modelInput":{"max_tokens":5,"maxTokens":5}}"#, .converse),
      (#"{"recordId":"a","modelInput":{"input":"hi","max_output_tokens":5}}"#, nil),
    ] as [(String, ModelRequest.API?)])
  func theLineNamesItsAPI(line: String, api: ModelRequest.API?) {
    let found = record(line)
    #expect(found.recordID == "a" && found.problem == nil)
    // What the line says counts more than what the run says, and that more than the shape of the body.
    #expect(found.request(api: api.map { _ in .converse })?.api == api ?? .responses)
    #expect(found.request()?.maxTokens == 5)
  }

  @Test func theIdIsKeptAsItStands() {
    #expect(record(#"{"recordId":"\u0041\/","modelInput":{}}"#).recordIDJSON == Array(#""\u0041\/""#.utf8))
    #expect(record(#"{"recordId":"\u0041\/","modelInput":{}}"#).recordID == "A/")
    #expect(record(#"{"recordId":12345678901234567890,"modelInput":{}}"#).recordID == "12345678901234567890")
    #expect(record(#"{"modelInput":{}}"#).recordID == "line-5")
  }

  @Test func theBodysBytesAreSent() throws {
    let body = #"{ "n":12345678901234567890, "e":1E2,"z":-0.0 ,"u":"\u00e9\/", "n":1 }"#
    let found = record(#"{"modelInput": \#(body) ,"recordId":"a"}"#)
    #expect(found.request()?.json == Data(body.utf8))
    #expect(found.request()?.operation("m", streamed: false).request.body == Data(body.utf8))
  }

  @Test func whatIsNotUTF8IsRefused() {
    let line = Data(#"{"recordId":"a","modelInput":{"x":""#.utf8) + [0xFF] + Data("\"}}".utf8)
    let found = BatchRecord(index: 0, line: line)
    #expect(found.recordID == "a" && found.problem == "The line is not UTF-8." && found.request() == nil)
  }

  @Test func aLineOver25MBIsOneBadRecord() throws {
    let long =
      Data(#"{"recordId":"long","modelInput":{"x":""#.utf8) + Data(repeating: 0x61, count: 26_100_000) + Data("\"}}\n".utf8)
    let body =
      Data(#"{"recordId":"body","modelInput":{"x":""#.utf8) + Data(repeating: 0x61, count: 25_000_000) + Data("\"}}\n".utf8)
    let found = try records(long + body + Data((BatchFolder.line(7) + "\n").utf8))
    #expect(found.map(\.recordID) == ["long", "body", "r7"])
    #expect(found.map { $0.problem?.contains("over 25 MB") ?? false } == [true, true, false])
  }

  @Test func theKeyIsOfIdAndBody() {
    let one = record(#"{"recordId":"a","modelInput":{"x":1}}"#).key
    #expect(record(#" {"modelInput":{"x":1}, "recordId":"a","note":7}"#).key == one)
    #expect(record(#"{"recordId":"b","modelInput":{"x":1}}"#).key != one)
    #expect(record(#"{"recordId":"a","modelInput":{"x":1.0}}"#).key != one)
    #expect(RecordKey(one.text) == one && RecordKey("ab") == nil)
  }

  /// Somebody cuts the file while it is read.
  @Test func aChangedInputEndsTheRun() async throws {
    let folder = try BatchFolder(lines: 20_000)
    let reader = try RecordReader(BatchInput(folder.input), done: DoneRecords())
    _ = try await reader.next()
    #expect(truncate(folder.input.path, 300_010) == 0)
    let error = await #expect(throws: BedquotaError.self) { while try await reader.next() != nil {} }
    #expect(error?.message.contains("was changed") == true)
  }

  @Test func repeatedIDsAreCounted() throws {
    let folder = try BatchFolder(lines: 0)
    try folder.write([0, 1, 0, 2, 1, 0].map(BatchFolder.line))
    let plan = try BatchPlan(reading: folder.input)
    #expect(plan.records == 6 && plan.repeatedIDs == 3 && plan.firstRepeatedID == "r0")
  }
}
