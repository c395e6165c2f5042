import AWSWire
import AdmissionControl
import BedrockQuotas
import Testing

@testable import Bedquota

/// A reply that the quota of output ended, and one that has reached its own bounds: the service gives the same reason for both.
struct OutputAllowanceTests {
  @Test(
    arguments: [
      (100, nil, 10, 97, true), (100, nil, 10, 98, false), (nil, nil, 10, 1, false), (100, 60, 10, 50, false),
      (100, 60, 10, 40, true),
    ]
      as [(Int?, Int?, Int, Int, Bool)])
  func shortReplies(maxTokens: Int?, window: Int?, input: Int, output: Int, isShort: Bool) {
    let allowance = OutputAllowance(maxTokens: maxTokens, contextWindow: window)
    #expect(allowance.isShort(TokenUsage(input: input, output: output)) == isShort)
  }

  @Test func theRequestAndTheModelBoundIt() throws {
    var resolution = Resolution(id: "openai.gpt-6-sol", scope: .mantle, status: .unknown)
    func allowance(_ body: JSONValue) -> OutputAllowance {
      OutputAllowance(ModelRequest(.chatCompletions, body: body), resolution)
    }
    #expect(allowance([:]) == .unknown)
    resolution.maxOutputTokens = 128_000
    #expect(allowance([:]).maxTokens == 128_000)
    #expect(allowance(["max_completion_tokens": 7]).maxTokens == 7)
    // Their usage is a sum.
    #expect(allowance(["max_completion_tokens": 7, "n": 2]).maxTokens == nil)
  }

  @Test(arguments: [
    #"{"choices":[{"finish_reason":"length"}]}"#, #"{"stop_reason":"max_tokens"}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#,
    #"{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}"#,
    #"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"}}}"#,
  ])
  func endsAtLength(json: String) throws { #expect(ReplyForm.endsAtLength(try JSONValue(Array(json.utf8)))) }

  @Test(arguments: [
    #"{"choices":[{"finish_reason":"stop"}]}"#, #"{"stop_reason":"end_turn"}"#, #"{"incomplete_details":null}"#,
    #"{"incomplete_details":{"reason":"content_filter"}}"#, "[]",
  ])
  func endsOtherwise(json: String) throws { #expect(!ReplyForm.endsAtLength(try JSONValue(Array(json.utf8)))) }

  @Test(arguments: [(40, true, true), (100, true, false), (40, false, false)])
  func onMantleItIsTold(output: Int, endsAtLength: Bool, isExhausted: Bool) {
    let usage = TokenUsage(input: 8, output: output)
    for metering in [TokenMetering.mantle, .runtime(burndown: 1)] {
      var run = CourseRun(metering: metering)
      run.sendFirst()
      run.course.headArrived()
      let action = run.replied(usage, endsAtLength: endsAtLength)
      let expected = isExhausted && metering == .mantle
      #expect(action.endedByQuota == expected)
      let final = metering.amounts(usage)
      #expect(action.outcome == (expected ? .outputExhausted(final) : .completed(final)))
      #expect(action.end?.result == .succeeded)
    }
  }
}
