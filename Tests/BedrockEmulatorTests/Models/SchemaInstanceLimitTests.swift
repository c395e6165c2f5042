import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// Schemas of forced tools and of structured output that describe far more than they are long.
struct SchemaInstanceLimitTests {
  private static func object(_ count: Int, _ member: String) -> String {
    let names = (0..<count).map { "\"a\($0)\"" }
    return "{\"type\":\"object\",\"required\":[\(names.joined(separator: ","))],\"properties\":{"
      + names.map { "\($0):\(member)" }.joined(separator: ",") + "}}"
  }

  private static func nested(_ depth: Int, _ opening: String, _ inner: String) -> String {
    String(repeating: opening, count: depth) + inner + String(repeating: "}", count: depth)
  }

  private static let bombs: [String] = [
    object(2, ##"{"$ref":"#"}"##), object(3, ##"{"$ref":"#"}"##), object(100, ##"{"$ref":"#"}"##),
    ##"{"required":["a"],"properties":{"a":"## + nested(6, #"{"type":"array","minItems":10,"items":"#, #"{"type":"string"}"#)
      + "}}",
    ##"{"required":["a"],"properties":{"a":{"type":"array","minItems":10,"items":{"$ref":"#"}}}}"##,
    ##"{"required":["a"],"properties":{"a":{"type":"array","minItems":10,"items":{"type":"array","minItems":10,"items":{"const":"LONG"}}}}}"##
      .replacing("LONG", with: String(repeating: "x", count: 50_000)),
    ##"{"required":["a","b"],"properties":{"a":{"anyOf":[{"$ref":"#"}]},"b":{"oneOf":[{"allOf":[{"$ref":"#"}]}]}}}"##,
    object(100, "{\"$ref\":\"#/" + String(repeating: "x/", count: 1_000) + "\"}"),
    object(3, #"{"default":"# + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "}"),
  ]

  /// The reply of each is short. Without a limit, the first one is half a megabyte, and the others don't end.
  @Test(arguments: bombs)
  func theInputStaysShort(schema: String) async throws {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0)
    let emulator = try Emulator(
      accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
    let body = Data(
      #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":\#(schema)}}}],"toolChoice":{"any":{}}}}"#
        .utf8)
    let response = await emulator.respond(
      to: ServerRequest(method: "POST", target: "/model/\(InvocationTests.nova)/converse", headers: [], body: body))
    #expect(response.status == 200 && response.body.count < 250_000, "\(response.body.count) bytes")
    #expect(try JSONValue(response.body)["stopReason"]?.string != nil)
  }
}
