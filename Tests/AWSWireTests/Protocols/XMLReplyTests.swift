import Foundation
import HTTPTypes
import Testing

@testable import AWSWire

/// XML as AWS's query protocol has it is read; everything else is refused.
struct XMLReplyTests {
  private func read(_ text: String) throws -> XMLElement { try XMLReply.read(Data(text.utf8)) }

  @Test func aReplyIsRead() throws {
    let reply = try read(
      #"<?xml version="1.0" encoding="UTF-8"?> <r x="a>b" xmlns='u'><a>1 &gt; 0 &#233;&#x2F;&amp;amp;</a><b/><c ><d>é🚀 </d>x</c></r> "#
    )
    #expect(reply.name == "r" && reply.children.map(\.name) == ["a", "b", "c"])
    #expect(reply["a"]?.text == "1 > 0 é/&amp;" && reply["b"]?.text == "" && reply["c"]?["d"]?.text == "é🚀" && reply["e"] == nil)
    #expect(try read("\u{FEFF}<r>\n  <a>\n x y\t</a>\n</r>")["a"]?.text == "x y")
    #expect(try read("<r/>") == XMLElement(name: "r"))
  }

  @Test func whatIsMissingIsNamed() throws {
    let error = #expect(throws: XMLReply.Refusal.self) { _ = try read("<r><a/></r>").required("b") }
    #expect(error?.reason == "r has no b")
  }

  @Test(arguments: [
    String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100), String(repeating: "<a>", count: 100_000),
    "<r>" + String(repeating: "<a/>", count: 30_000) + "</r>", "<a>" + String(repeating: "x", count: 2_000_000) + "</a>",
    #"<!DOCTYPE l [<!ENTITY a "b">]><r>&a;</r>"#, "<r><![CDATA[x]]></r>", "<r><!--x--></r>", "<r><?x?></r>", "<r>\0</r>",
    "<r\0/>", "<r>\u{1B}[2J</r>",
  ])
  func whatNoServiceSendsIsRefused(text: String) { #expect(throws: XMLReply.Refusal.self) { try read(text) } }

  @Test(arguments: [
    "", " ", "<", "<a", "<a b=\"", "</", "</a></a>", "x", "<a><b></a>", "<a><b></a></b>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>",
    "<a", "<a/", "<>",
    "</>", "<a>&b;</a>", "<a>&</a>", "<a>&amp</a>", "<a>&#xD800;</a>", "<a>&#0;</a>", "<a>&#99999999999;</a>", "<a>&#-1;</a>",
    "<a b=\"<?x?>\">c</a>",
    "<a <b/>>", "<?xml", "<?xml ?", "<a></a/>", "<a/ >x", "< a/>", "<a&b/>",
  ])
  func whatIsNotWellFormedIsRefused(text: String) { #expect(throws: XMLReply.Refusal.self) { try read(text) } }

  /// Bytes that are no UTF-8, in a name, an attribute and a text.
  @Test(arguments: ["<a\u{1}><b>x</b></a\u{1}>", "<a><b c=\"\u{1}\">x</b></a>", "<a><b>\u{1}</b></a>", "\u{1}"])
  func whatIsNoUTF8IsRefused(text: String) {
    let body = Data(text.utf8.map { $0 == 1 ? 0xEB : $0 })
    #expect(throws: XMLReply.Refusal.self) { _ = try XMLReply.read(body) }
  }

  @Test func anErrorTooDeepIsAnErrorWithoutWords() {
    let body = Data((String(repeating: "<a>", count: 9_000) + String(repeating: "</a>", count: 9_000)).utf8)
    let error = ServiceErrorParser.parse(
      AWSHTTPResponse(head: .init(status: .badRequest), body: body), as: .query(version: "1"))
    #expect(error.code == "Unknown" && error.status == 400)
  }
}
