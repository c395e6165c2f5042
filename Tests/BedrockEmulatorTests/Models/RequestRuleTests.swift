import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// What Bedrock and Claude refuse, rule by rule, on the built-in account with a few models more. The rules name the sources of their words.
struct RequestRuleTests {
  /// A request that breaks one rule.
  struct Example: CustomTestStringConvertible, Sendable {
    var rule: String
    var target: String
    var body: String
    /// How the refusal begins.
    var message: String
    var testDescription: String { "\(rule): \(target)" }

    init(_ rule: String, _ target: String, _ body: String, _ message: String) {
      (self.rule, self.target, self.body, self.message) = (rule, target, body, message)
    }
  }

  /// One for all examples, because loading the account takes longer than they do.
  private static let emulator = Result {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(1), seed: 1)
    var account = try SampleAccount.load()
    for id in RequestRuleExamples.moreModels {
      account.models.append(FoundationModel(modelArn: "arn:aws:bedrock:us-east-1::foundation-model/\(id)", modelId: id))
    }
    return try Emulator(accounts: [account], access: .anyone, behaviour: behaviour, clock: .manual())
  }

  private func send(_ target: String, _ body: String, headers: [(name: String, value: String)] = []) async throws -> (
    status: Int, message: String
  ) {
    let response = try await Self.emulator.get().respond(
      to: ServerRequest(method: "POST", target: "/model/\(target)", headers: headers, body: Data(body.utf8)))
    return (response.status, (try? JSONValue(response.body)["message"]?.string) ?? "")
  }

  @Test(arguments: RequestRuleExamples.refused)
  func whatBreaksARuleIsRefusedInItsWords(example: Example) async throws {
    let (status, message) = try await send(example.target, example.body)
    #expect(status == 400)
    #expect(message.hasPrefix(example.message), "\(message)")
  }

  @Test(arguments: RequestRuleExamples.accepted)
  func whatKeepsTheRulesIsAccepted(example: Example) async throws {
    let (status, message) = try await send(example.target, example.body)
    #expect(status == 200, "\(message)")
  }

  /// Otherwise a rule could be wrong without anybody noticing.
  @Test func eachRuleHasAnExampleAndASource() {
    let shown = Set(RequestRuleExamples.refused.map(\.rule))
    let rules = RequestRule.all.map(\.name)
    #expect(Set(rules).count == rules.count)
    #expect(rules.filter { !shown.contains($0) } == [])
    #expect(shown.subtracting(rules) == [])
    #expect(RequestRule.all.filter { !$0.source.hasPrefix("https://") }.map(\.name) == [])
  }

  /// Guardrails of InvokeModel are in headers.
  @Test func aGuardrailInAHeaderIsNotFound() async throws {
    let header = (name: "X-Amzn-Bedrock-GuardrailIdentifier", value: "abc123")
    let body = #"{"prompt":"hi"}"#
    let (status, message) = try await send("meta.llama3-70b-instruct-v1:0/invoke", body, headers: [header])
    #expect(status == 400 && message == "The guardrail identifier or version provided in the request does not exist.")
  }
}
