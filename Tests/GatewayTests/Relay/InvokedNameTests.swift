import Bedquota
import Foundation
import Testing

@testable import Gateway

@Suite struct InvokedNameTests {
  private static let models = [
    "opus": [NamedRoute(id: "us.anthropic.claude-opus-4-8", account: "research", region: "us-west-2")],
    "own": [NamedRoute(id: "arn:aws:bedrock:us-east-1::foundation-model/x.y")],
  ]

  private static func caller(_ patterns: String...) -> Caller {
    var key = CallerKey(name: "ci", proof: .derived(serials: []))
    key.models = patterns.compactMap { ModelPattern($0) }
    return Caller(key, index: 1, isVerified: true, budget: nil)
  }

  @Test(arguments: [
    ("/model/opus/converse", "/model/us.anthropic.claude-opus-4-8/converse", "opus"),
    ("/model/opus/invoke?a=%2F", "/model/us.anthropic.claude-opus-4-8/invoke?a=%2F", "opus"),
    ("/model/own/count-tokens", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fx.y/count-tokens", "own"),
    // Without such a name, the spelling of the client stays.
    ("/model/us.a%3A0/converse", "/model/us.a%3A0/converse", "us.a:0"),
  ])
  func aPath(target: String, sent: String, name: String) {
    #expect(InvokedName(name, models: Self.models).target(from: target) == sent)
  }

  @Test(arguments: [
    (#"{ "model" : "opus" , "max_tokens":1.0 }"#, #"{ "model" : "us.anthropic.claude-opus-4-8" , "max_tokens":1.0 }"#),
    (#"{"a":{"model":"opus"},"mod\u0065l":"op\u0075s"}"#, #"{"a":{"model":"opus"},"mod\u0065l":"us.anthropic.claude-opus-4-8"}"#),
    (#"{"model":"other","b":[1e2]}"#, #"{"model":"other","b":[1e2]}"#),
  ])
  func aBody(body: String, sent: String) throws {
    let relayed = RelayedRequest(.messages, isStreamed: false, body: Data(body.utf8), headers: [])
    let invoked = try InvokedName(relayed, models: Self.models)
    #expect(String(decoding: try invoked.body(from: Data(body.utf8)), as: UTF8.self) == sent)
  }

  @Test(arguments: [
    #"{"model":"opus","model":"opus"}"#, #"{"model":"opus","model":"other"}"#, #"{"model":"opus","model":null}"#, #"{"model":1}"#,
    "[]",
  ])
  func aBodyWhoseModelTwoWouldReadDifferently(body: String) {
    let relayed = RelayedRequest(.chatCompletions, isStreamed: false, body: Data(body.utf8), headers: [])
    #expect(throws: GatewayRefusal.self) { try InvokedName(relayed, models: Self.models) }
  }

  @Test func aKeyMayHaveTheNameOrWhatItStandsFor() {
    let opus = InvokedName("opus", models: Self.models)
    #expect(opus.route?.account == "research" && InvokedName("other", models: Self.models).route == nil)
    #expect(opus.isAllowed(to: Self.caller()) && opus.isAllowed(to: Self.caller("opus")))
    #expect(opus.isAllowed(to: Self.caller("us.anthropic.*")) && !opus.isAllowed(to: Self.caller("us.amazon.*")))
    #expect(opus.list.isEmpty)
    // A name for one id opens no other.
    #expect(!InvokedName("us.anthropic.claude-opus-4-8", models: Self.models).isAllowed(to: Self.caller("opus")))
  }

  /// Of a list, a key may have some ids and not others.
  @Test func aKeyMayHaveAPartOfAList() throws {
    let ids = ["us.anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-8"]
    let opus = InvokedName("opus", models: ["opus": ids.map { NamedRoute(id: $0, isListEntry: true) }])
    #expect(opus.id == ids[0] && opus.list.map(\.id) == ids && opus.at(ids[1]).id == ids[1])
    #expect(try opus.allowed(to: Self.caller("opus")).id == ids[0])
    let global = try opus.allowed(to: Self.caller("global.*"))
    #expect(global.id == ids[1] && global.route?.id == ids[1] && global.list == opus.list)
    #expect(throws: GatewayRefusal.self) { try opus.allowed(to: Self.caller("us.amazon.*")) }
    let twice = RelayedRequest(.messages, isStreamed: false, body: Data(#"{"model":"a","model":"a"}"#.utf8), headers: [])
    #expect(throws: GatewayRefusal.self) {
      try InvokedName(twice, models: ["a": ["a", "b"].map { NamedRoute(id: $0, isListEntry: true) }])
    }
  }
}
