import BedrockQuotas
import Testing

/// bedrock-mantle: input reserves and settles, output counts alone.
struct MantleCapacityTests {
  private func resolution(input: Double?, output: Double?) -> Resolution {
    var resolution = Resolution(id: "openai.gpt-5.4", modelID: ModelID("openai.gpt-5.4"), scope: .mantle, status: .resolved)
    resolution.outputBurndown = 1
    for (code, kind, value) in [("L-I", "Input", input), ("L-O", "Output", output)] {
      let name = QuotaName("[bedrock-mantle endpoint] \(kind) tokens per minute for GPT-5.4")
      resolution.quotas.append(.init(quota: Quota(code: code, name: name, appliedValue: value, family: "GPT"), evidence: ""))
    }
    return resolution
  }

  private let workload = try! Workload(
    inputTokens: 3_000, outputTokens: 400, cacheReadTokens: 5_000, cacheWriteTokens: 200, maxTokens: 1_000)

  @Test(arguments: [
    (36_000.0, 8_000.0, 10.0, "L-I"), (360_000, 8_000, 20, "L-O"), (4_199, 8_000, 0, "L-I"), (36_000, 0, 0, "L-O"),
  ])
  func theScarcerMeterBinds(input: Double, output: Double, rate: Double, code: String) {
    let capacity = Capacity(of: workload, under: resolution(input: input, output: output))
    #expect(capacity.cost.reservation == 4_200 && capacity.cost.final == 3_600)
    #expect(capacity.requestsPerMinute == rate && capacity.binding?.code == code)
  }

  /// A burndown of the caller's would be bedrock-runtime's.
  @Test func noBurndownAppliesWhateverIsSaid() {
    let range = CapacityRange(of: workload, under: resolution(input: 36_000, output: 8_000), outputBurndown: 10)
    #expect(range.plain.cost.final == 3_600 && range.strict == nil)
  }

  @Test func anUnknownQuotaLeavesTheRateUnknown() {
    #expect(Capacity(of: workload, under: resolution(input: 36_000, output: nil)).requestsPerMinute == nil)
  }

  @Test func withoutOutputItsMeterIsFree() throws {
    let silent = try Workload(inputTokens: 1_000, outputTokens: 0, maxTokens: 1)
    let capacity = Capacity(of: silent, under: resolution(input: 10_000, output: 100))
    #expect(capacity.requestsPerMinute == 10 && capacity.binding?.code == "L-I")
  }

  @Test func workersWaitForTheQuotaOfInput() throws {
    let few = try Workload(inputTokens: 500, outputTokens: 100, maxTokens: 9_500, concurrency: 4, latency: 10)
    let capacity = Capacity(of: few, under: resolution(input: 20_000, output: 1_000_000))
    // Two reservations fit at once, so two of the four workers wait.
    #expect(capacity.requestsAtOnce == 2 && capacity.binding?.measure == .inputTPM)
    #expect((capacity.requestsPerMinute ?? 0) > 0 && (capacity.requestsPerMinute ?? 0) < 24)
  }
}
