import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// Structured output through Converse: what the emulator makes of a schema.
struct SchemaInstanceTests {
  private func reply(_ schema: String, maxTokens: Int = 500) async throws -> JSONValue {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(20))
    let emulator = try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
    let format = JSONValue.object([
      .init("type", "json_schema"), .init("structure", ["jsonSchema": ["name": "x", "schema": .string(schema)]]),
    ])
    let body = JSONValue.object([
      .init("messages", [["role": "user", "content": [["text": "hi"]]]]), .init("outputConfig", ["textFormat": format]),
      .init("inferenceConfig", ["maxTokens": .integer(maxTokens)]),
    ])
    let response = await emulator.respond(
      to: .init(method: "POST", target: "/model/\(InvocationTests.claude)/converse", headers: [], body: body.data))
    return try JSONValue(response.body)
  }

  private func instance(_ schema: String) async throws -> String? {
    try await reply(schema)["output"]?["message"]?["content"]?.array?.first?["text"]?.string
  }

  static let instances: [(schema: String, instance: String)] = [
    (#"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]}"#, #"{"a":"sun"}"#),
    (#"{"type":"object","properties":{}}"#, "{}"),
    (##"{"$defs":{"C":{"enum":["red","blue"]}},"properties":{"c":{"$ref":"#/$defs/C"}},"required":["c"]}"##, #"{"c":"red"}"#),
    (##"{"$defs":{"N":{"properties":{"v":{"type":"number"}},"required":["v"]}},"$ref":"#/$defs/N"}"##, #"{"v":1}"#),
    (#"{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["a"]}"#, #"{"a":"sun"}"#),
    (#"{"properties":{"a":{"type":["null","string"]}},"required":["a"]}"#, #"{"a":null}"#),
    (#"{"properties":{"a":{"type":"array","items":{"type":"integer"},"minItems":2}},"required":["a"]}"#, #"{"a":[1,1]}"#),
    (
      #"{"properties":{"a":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"minItems":2}},"required":["a"]}"#,
      #"{"a":["sun",1]}"#
    ),
    (#"{"properties":{"a":{"const":"x"},"b":{"default":7}},"required":["a","b"]}"#, #"{"a":"x","b":7}"#),
    (#"{"properties":{"a":{"type":"string","minLength":7}},"required":["a"]}"#, #"{"a":"sunsuns"}"#),
    (#"{"properties":{"a":{"type":"string","maxLength":2}},"required":["a"]}"#, #"{"a":"su"}"#),
    (#"{"properties":{"a":{"type":"string","format":"date"}},"required":["a"]}"#, #"{"a":"2026-01-01"}"#),
    (#"{"properties":{"a":{"type":"integer","minimum":5}},"required":["a"]}"#, #"{"a":5}"#),
    (#"{"properties":{"a":{"type":"integer","exclusiveMinimum":5}},"required":["a"]}"#, #"{"a":6}"#),
    (#"{"properties":{"a":{"type":"integer","maximum":-3}},"required":["a"]}"#, #"{"a":-3}"#),
    (#"{"properties":{"a":{"type":"integer","multipleOf":10}},"required":["a"]}"#, #"{"a":10}"#),
    (#"{"properties":{"a":{"type":"integer","minimum":11,"multipleOf":10}},"required":["a"]}"#, #"{"a":20}"#),
    (#"{"properties":{"a":{"type":"number","exclusiveMinimum":0,"maximum":1}},"required":["a"]}"#, #"{"a":0.5}"#),
    (#"{"properties":{"a":{"type":"boolean"}},"required":["a"]}"#, #"{"a":true}"#),
    (#"{"type":"object","properties":{"ä":{"const":"süß"}},"required":["ä"]}"#, #"{"ä":"süß"}"#),
    (#"{"type":"array","items":{"type":"string"},"minItems":1}"#, #"["sun"]"#),
  ]

  @Test(arguments: instances)
  func itIsTheSmallestThatTheSchemaAccepts(schema: String, instance: String) async throws {
    #expect(try await self.instance(schema) == instance)
  }

  @Test func itCountsAsOutput() async throws {
    let reply = try await reply(#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#)
    // {"a":"sun"} has 11 bytes.
    #expect(reply["usage"]?["outputTokens"] == 3 && reply["stopReason"] == "end_turn")
  }

  @Test func maxTokensCutsIt() async throws {
    let reply = try await reply(#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#, maxTokens: 2)
    #expect(reply["output"]?["message"]?["content"] == [["text": #"{"a":"su"#]])
    #expect(reply["usage"]?["outputTokens"] == 2 && reply["stopReason"] == "max_tokens")
  }

  @Test(arguments: ["{", "[]", "", "7", #"{"a":1} x"#])
  func aSchemaMustBeAnObject(schema: String) async throws {
    let message = try await reply(schema)["message"]?.string ?? ""
    #expect(message.contains("outputConfig.textFormat.structure.jsonSchema.schema"))
  }
}
