import AWSWire
import AdmissionControl
import Foundation
import Synchronization
import Testing

@testable import Bedquota

/// One reply with an odd usage ends nothing, and costs other requests nothing.
struct OddUsageTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  private func answer(_ usage: String) -> ScriptedModel.Answer {
    let body = Array(#"{"output":{"message":{"content":[{"text":"Fine."}]}},"usage":\#(usage)}"#.utf8)
    return .init { number in number == 0 ? body : nil }
  }

  @Test(
    arguments: [
      #"{"inputTokens":1,"outputTokens":9e18}"#, #"{"inputTokens":9223372036854775807,"outputTokens":9223372036854775807}"#,
      #"{"inputTokens":5e18,"outputTokens":1,"cacheReadInputTokens":5e18,"cacheWriteInputTokens":5e18}"#,
      #"{"inputTokens":1,"outputTokens":1000000000}"#, #"{"inputTokens":1,"outputTokens":2000000}"#,
      #"{"inputTokens":2000000,"outputTokens":1}"#, #"{"inputTokens":1e300,"outputTokens":1}"#,
    ])
  func tooMuchIsCutAndNoted(usage: String) async throws {
    let client = try ScriptedModel([answer(usage)]).client()
    let before = try await client.cost(of: request)
    _ = try await client.send(request)
    #expect(client.statistics.succeeded == 1 && client.statistics.quotaTokens < 10_000)
    #expect(client.notes.contains { $0.contains("more tokens than its request allows") })
    // It teaches nothing.
    #expect(try await client.cost(of: request) == before)
    #expect(client.book.withLock { $0.estimator.average(of: InputSize([:])) }.output == 0)
  }

  @Test(arguments: [#"{"inputTokens":-5,"outputTokens":-7}"#, #"{"inputTokens":-9e18,"outputTokens":-9e18}"#])
  func negativeCountsAreZero(usage: String) async throws {
    let client = try ScriptedModel([answer(usage)]).client()
    let reply = try await client.send(request)
    #expect(reply.usage == TokenUsage(input: 0, output: 0) && client.statistics.quotaTokens == 0)
  }

  @Test(arguments: [
    "null", "[]", "7", #"{"inputTokens":1.5,"outputTokens":1}"#, #"{"inputTokens":"1"}"#, #"{"inputTokens":1.5}"#,
  ])
  func whatIsNoUsageIsEstimated(usage: String) async throws {
    let client = try ScriptedModel([answer(usage)]).client()
    _ = try await client.send(request)
    #expect(client.statistics.succeeded == 1 && client.statistics.estimated == 1)
  }

  @Test func theEndOfAStream() async throws {
    let json = Data(#"{"usage":{"inputTokens":9e18,"outputTokens":9e18}}"#.utf8)
    let stop = EventStreamMessage.event("messageStop", json: Data(#"{"stopReason":"end_turn"}"#.utf8)).encoded()
    let end = EventStreamMessage.event("metadata", json: json).encoded()
    let client = try ScriptedModel([.init { [ScriptedModel.Answer.delta("Fine."), stop, end, nil][$0] }]).client()
    let stream = try await client.stream(request)
    for try await _ in stream {}
    #expect(client.statistics.succeeded == 1 && client.statistics.quotaTokens < 10_000)
  }
}
