import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// The run that AWS published (aws-samples/sample-traffic-shaping-for-amazon-bedrock, docs/testing/results.md): 1,087 accepted.
struct PublishedRunTests {
  static let modelID = "openai.gpt-oss-20b-1:0"

  /// A model of burndown 1 with 3M tokens per minute and no other quota.
  private func account() throws -> EmulatedAccount {
    var account = try SampleAccount.load()
    let tpm = try #require(
      account.applied.first { $0.quotaName == "On-demand model inference tokens per minute for OpenAI GPT OSS 20B" })
    account.applied = [tpm]
    account.applied[0].value = 3_000_000
    account.defaults = account.applied
    return account
  }

  @Test func oneMinuteOfEvenlySpacedRequests() async throws {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(500))
    let clock = EmulatorClock.manual()
    let emulator = try Emulator(accounts: [try account()], access: .anyone, behaviour: behaviour, clock: clock)
    let text = String(repeating: "word", count: 5_026)
    let body = Data(#"{"messages":[{"role":"user","content":[{"text":"\#(text)"}]}],"inferenceConfig":{"maxTokens":500}}"#.utf8)
    let request = ServerRequest(method: "POST", target: "/model/\(Self.modelID)/converse", headers: [], body: body)
    var accepted = 0
    for index in 0..<1_830 {
      clock.advance(by: Int64(Double(index) / 1_830 * 60e9) - clock.now)
      let response = await emulator.respond(to: request)
      if response.status == 200 {
        if accepted == 0 {
          let usage = try JSONValue(response.body)["usage"]
          #expect(usage?["inputTokens"] == 5_026 && usage?["outputTokens"] == 500)
        }
        accepted += 1
      } else {
        #expect(response.status == 429)
      }
    }
    #expect(abs(Double(accepted) - 1_087) <= 0.02 * 1_087, "\(accepted) accepted")
  }
}
