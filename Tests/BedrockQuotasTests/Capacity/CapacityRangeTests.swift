import BedrockQuotas
import Testing

/// Whether the reservation counts the burndown is not known, so what depends on it is a range.
struct CapacityRangeTests {
  private func range(
    _ workload: Workload, tpm: Double = 200_000, rpm: Double? = nil, burndown: Int? = 5, maxOutput: Int? = 64_000
  ) throws -> CapacityRange {
    var quotas = [quota("L-T", "tokens", tpm)]
    if let rpm { quotas.append(quota("L-R", "requests", rpm)) }
    var resolution = QuotaResolver(quotas: quotas).resolve(try #require(InvokedID("us.acme.rocket-v1:0")))
    (resolution.maxOutputTokens, resolution.outputBurndown) = (maxOutput, burndown)
    return CapacityRange(of: workload, under: resolution)
  }

  private func quota(_ code: String, _ what: String, _ value: Double) -> Quota {
    Quota(
      code: code, name: QuotaName("Cross-region model inference \(what) per minute for Acme Rocket"), appliedValue: value,
      adjustable: true, family: "Rocket")
  }

  /// The user's case: at 200,000 tokens per minute every max_tokens above 39,200 failed, and 5 × 39,200 is 196,000.
  @Test func theCaseThatWasReported() throws {
    let range = try range(Workload(inputTokens: 4_000, outputTokens: 1_000, maxTokens: 40_000, latency: 10), rpm: 50)
    let reservation = try #require(range.bounds { $0.cost.reservation.map(Double.init) })
    #expect((reservation.lower, reservation.upper) == (44_000, 204_000))
    let rate = try #require(range.bounds(\.requestsPerMinute))
    #expect(rate.lower == 0 && rate.upper > 20)
    #expect(range.strict?.binding?.code == "L-T")
    let advice = range.advice().joined(separator: "\n")
    #expect(advice.contains("If the reservation counts the burndown, each request reserves 204k tokens"))
    #expect(advice.contains("with max_tokens of at most 39.2k it fits"))
    #expect(advice.contains("A request reserves 44k to 204k tokens"))
  }

  @Test func requestsInFlight() throws {
    let range = try range(Workload(inputTokens: 1_000, outputTokens: 500, maxTokens: 10_000, latency: 10))
    let atOnce = try #require(range.bounds { $0.requestsAtOnce.map(Double.init) })
    #expect((atOnce.lower, atOnce.upper) == (3, 18))
    let rolling = try #require(range.bounds(\.rolling?.requestsPerMinute))
    #expect(rolling.isWide)
    let advice = range.advice().joined(separator: "\n")
    #expect(advice.contains("reserves 11k tokens for 10 s, so at most 18 can be in flight on 200k TPM; with 1,000 it is 100."))
    #expect(
      advice.contains("If the reservation counts the burndown, it is 51k tokens, and at most 3 in flight; with 1,000 it is 33."))
  }

  @Test func neitherReadingFits() throws {
    let range = try range(Workload(inputTokens: 1_000, outputTokens: 500, maxTokens: 60_000), tpm: 51_000)
    #expect(range.plain.requestsPerMinute == 0)
    #expect(range.advice().contains { $0.contains("at most 50k it fits (10k if the reservation counts the burndown)") })
  }

  @Test(arguments: [(1, 64_000), (nil, 64_000), (5, nil)] as [(Int?, Int?)])
  func withoutADifferenceThereIsOneFigure(burndown: Int?, maxOutput: Int?) throws {
    let range = try range(Workload(inputTokens: 1_000, outputTokens: 500), burndown: burndown, maxOutput: maxOutput)
    #expect(range.strict == nil && range.bounds(\.requestsPerMinute) == nil)
    #expect(range.advice() == range.plain.advice())
  }

  /// Settling gives back whatever was reserved, so a bucket's rate is the same.
  @Test func whatDoesNotDependOnItHasNoWidth() throws {
    let range = try range(Workload(inputTokens: 100, outputTokens: 50, maxTokens: 100))
    #expect(range.bounds(\.requestsPerMinute)?.isWide == false && range.bounds(\.tokensPerMinute)?.isWide == false)
  }
}
