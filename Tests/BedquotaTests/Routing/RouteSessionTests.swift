import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// Which requests count as one conversation.
struct RouteSessionTests {
  private func session(_ api: ModelRequest.API, _ json: String, caller: String = "") throws -> RouteSession? {
    try ModelRequest(api, json: Data(json.utf8)).session(of: caller)
  }

  @Test(
    arguments: [
      (
        ModelRequest.API.messages, #"{"system":"S","messages":[{"role":"user","content":"A"}],"max_tokens":5}"#,
        #"{"max_tokens":9,"system":"S","messages":[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}"#
      ),
      (
        .converse, #"{"system":[{"text":"S"}],"toolConfig":{"tools":[]},"messages":[{"role":"user","content":[{"text":"A"}]}]}"#,
        #"{"system":[{"text":"S"}],"toolConfig":{"tools":[]},"messages":[{"role":"user","content":[{"text":"A"}]},{"role":"user"}]}"#
      ),
      (
        .chatCompletions, #"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}]}"#,
        #"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}"#
      ),
      (.responses, #"{"instructions":"S","input":"A"}"#, #"{"instructions":"S","input":"A","max_output_tokens":7}"#),
    ])
  func theBeginningDecides(api: ModelRequest.API, first: String, second: String) throws {
    let session = try #require(try self.session(api, first))
    #expect(try self.session(api, second) == session)
    #expect(try self.session(api, first, caller: "other") != session)
    for (old, new) in [(#""S""#, #""T""#), (#""A""#, #""Z""#)] {
      #expect(try self.session(api, first.replacingOccurrences(of: old, with: new)) != session)
    }
  }

  @Test func whatHasNoBeginningHasNoSession() throws {
    #expect(try session(.converse, #"{"messages":[]}"#) == nil)
    #expect(try session(.invokeModel, #"{"inputText":"A"}"#) == nil)
  }

  /// Texts that meet at another place are other prompts.
  @Test func placesCount() throws {
    let one = try session(.messages, #"{"system":"AB","messages":[{"role":"user","content":"C"}]}"#)
    let other = try session(.messages, #"{"system":"A","messages":[{"role":"user","content":"BC"}]}"#)
    #expect(one != other)
  }

  @Test func anHourIfAMarkSaysSo() throws {
    let mark = #"{"role":"user","content":[{"type":"text","text":"A","cache_control":{"type":"ephemeral","ttl":"TTL"}}]}"#
    for (ttl, time) in [("1h", 3_600), ("5m", 300)] {
      let json = #"{"messages":["# + mark.replacingOccurrences(of: "TTL", with: ttl) + "]}"
      #expect(try session(.messages, json)?.cachedFor == .seconds(time))
    }
    // A text that reads like a mark is none.
    #expect(try session(.messages, #"{"messages":[{"content":"{\"ttl\":\"1h\"}"}]}"#)?.cachedFor == .seconds(300))
  }

  private func relayed(_ api: ModelRequest.API, _ json: String, named name: String? = nil) -> RouteSession? {
    RelayedRequest(api, isStreamed: false, body: Data(json.utf8), headers: []).session(of: "me", named: name)
  }

  @Test(arguments: [
    (ModelRequest.API.messages, #""metadata":{"user_id":"ID"}"#), (.chatCompletions, #""prompt_cache_key":"ID""#),
    (.chatCompletions, #""user":"ID""#), (.responses, #""prompt_cache_key":"ID","user":"x""#),
  ])
  func theBodysOwnIDNamesIt(api: ModelRequest.API, member: String) {
    func body(_ prompt: String, _ id: String) -> String {
      #"{"messages":[{"role":"user","content":"\#(prompt)"}],\#(member.replacingOccurrences(of: "ID", with: id))}"#
    }
    #expect(relayed(api, body("A", "1")) == relayed(api, body("B", "1")))
    #expect(relayed(api, body("A", "1")) != relayed(api, body("A", "2")))
    #expect(relayed(api, body("A", "1"), named: "h") == relayed(api, body("B", "2"), named: "h"))
    // An empty one names nothing.
    #expect(relayed(api, body("A", "")) != relayed(api, body("B", "")))
    #expect(relayed(api, "not JSON") == nil && relayed(api, "not JSON", named: "h") != nil)
  }

  @Test func aNameIsNoPrompt() throws {
    #expect(RouteSession(id: "a") == RouteSession(id: "a") && RouteSession(id: "a") != RouteSession(id: "b"))
    #expect(RouteSession(id: "a", caller: "x") != RouteSession(id: "a", caller: "y"))
  }
}
