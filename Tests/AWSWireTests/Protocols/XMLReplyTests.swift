import Foundation
import HTTPTypes
import Testing

@testable import AWSWire

/// XML that would end the process or fill its memory is refused before it is parsed.
struct XMLReplyTests {
  private struct Value: Decodable, Equatable { var a: String }

  private func check(_ text: String) throws { try XMLReply.check(Data(text.utf8)) }

  @Test func aReplyIsRead() throws {
    let value = try XMLReply.decode(Value.self, from: Data(#"<?xml version="1.0"?><r x="a>b"><a>1 &gt; 0</a><b/></r>"#.utf8))
    #expect(value == Value(a: "1 > 0"))
  }

  @Test(arguments: [
    String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100), String(repeating: "<a>", count: 100_000),
    "<r>" + String(repeating: "<a/>", count: 30_000) + "</r>", "<a>" + String(repeating: "x", count: 2_000_000) + "</a>",
    #"<!DOCTYPE l [<!ENTITY a "b">]><r>&a;</r>"#, "<r><![CDATA[x]]></r>", "<r>\0</r>",
  ])
  func whatNoServiceSendsIsRefused(text: String) {
    #expect(throws: XMLReply.Refusal.self) { try check(text) }
  }

  @Test(arguments: ["", "<", "<a", "<a b=\"", "</", "</a></a>", "x", "<a><b></a>"])
  func brokenTextTrapsNothing(text: String) {
    #expect(throws: (any Error).self) { _ = try XMLReply.decode(Value.self, from: Data(text.utf8)) }
  }

  /// Bytes that are no UTF-8, in a name, an attribute and a text.
  @Test(arguments: ["<a\u{1}><b>x</b></a\u{1}>", "<a><b c=\"\u{1}\">x</b></a>", "<a><b>\u{1}</b></a>", "\u{1}"])
  func whatIsNoUTF8IsRefused(text: String) {
    let body = Data(text.utf8.map { $0 == 1 ? 0xEB : $0 })
    #expect(throws: XMLReply.Refusal.self) { _ = try XMLReply.decode(Value.self, from: body) }
  }

  @Test func anErrorTooDeepIsAnErrorWithoutWords() {
    let body = Data((String(repeating: "<a>", count: 9_000) + String(repeating: "</a>", count: 9_000)).utf8)
    let error = ServiceErrorParser.parse(
      AWSHTTPResponse(head: .init(status: .badRequest), body: body), as: .query(version: "1"))
    #expect(error.code == "Unknown" && error.status == 400)
  }
}
