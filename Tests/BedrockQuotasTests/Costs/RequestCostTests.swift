import BedrockQuotas
import Testing

struct RequestCostTests {
  /// The table in the documentation of `RequestCost`, and what is unknown.
  @Test(
    arguments: [
      (3_000, 0, 0, 1_000, 500, 1, 4_000, 3_500),
      (3_000, 0, 0, 1_000, 500, 5, 4_000, 5_500),
      (100, 9_000, 0, 1_000, 500, 5, 10_100, 2_600),
      (100, 0, 700, 1_000, 500, 5, 1_800, 3_300),
      (100, 0, 700, nil, 500, nil, nil, nil),
      (100, 0, 700, nil, 0, nil, nil, 800),
      (nil, 0, 0, 1_000, 500, 5, nil, nil),
    ] as [(Int?, Int, Int, Int?, Int, Int?, Int?, Int?)])
  func table(
    input: Int?, cacheRead: Int, cacheWrite: Int, maxTokens: Int?, output: Int, burndown: Int?, reservation: Int?, final: Int?
  ) throws {
    let workload = try Workload(
      inputTokens: input, outputTokens: output, cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite, maxTokens: maxTokens)
    let cost = RequestCost(workload, maxOutputTokens: nil, outputBurndown: burndown)
    #expect(cost.reservation == reservation && cost.final == final)
  }

  @Test func withoutMaxTokensTheModelsMaximumIsReserved() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500)
    let cost = RequestCost(workload, maxOutputTokens: 64_000, outputBurndown: 5)
    #expect(cost.reservation == 67_000 && cost.reservedOutput == 64_000)
  }
}
