import BedrockQuotas
import Testing

@testable import Bedquota

struct CapacitySetTests {
  private func set(_ ids: [String], _ workload: Workload? = nil, quotas: [Quota] = RouteBench.quotas) throws -> CapacitySet {
    let workload = try workload ?? Workload(inputTokens: 900, outputTokens: 100, maxTokens: 100)
    return try CapacitySet(
      of: ids.map { (InvokedID($0)!, nil) }, workload: workload, in: RouteBench.context(quotas: quotas), provisioned: [])
  }

  @Test func eachPoolCountsOnce() throws {
    let set = try set(["us.amazon.nova-pro-v1:0", RouteBench.copy, "amazon.nova-pro-v1:0"])
    // 1,000 tokens a request, of 1,600,000 and of 400,000.
    #expect(set.reports.map { $0.capacity.requestsPerMinute } == [1_600, 400])
    #expect(set.requestsPerMinute == 2_000 && set.tokensPerMinute == 2_000_000 && set.requestRange == 2_000...2_000)
    #expect(set.shared == [.init(id: RouteBench.copy, with: "us.amazon.nova-pro-v1:0")] && set.unknown.isEmpty)
  }

  @Test func anIdNamedTwice() throws {
    let set = try set(["us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"])
    #expect(set.reports.count == 1 && set.shared.isEmpty && set.requestsPerMinute == 1_600)
  }

  @Test func theEndsOfARangeAreAdded() throws {
    let workload = try Workload(inputTokens: 3_000, outputTokens: 500, maxTokens: 128_000, latency: 7)
    let set = try set(["us.anthropic.claude-opus-4-7", "us.amazon.nova-pro-v1:0"], workload)
    let (wide, exact) = (set.reports[0], set.reports[1])
    let bounds = try #require(wide.range.bounds(\.requestsPerMinute))
    let rate = try #require(exact.capacity.requestsPerMinute)
    #expect(exact.range.bounds(\.requestsPerMinute) == nil && bounds.isWide)
    #expect(set.requestRange == (bounds.lower + rate)...(bounds.upper + rate))
  }

  @Test func withoutSizesNothingIsKnown() throws {
    let set = try set(["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"], Workload())
    #expect(set.requestsPerMinute == nil && set.requestRange == nil && set.unknown.count == 2)
  }

  @Test func anIdWithoutQuotasFails() {
    #expect(throws: BedquotaError.self) { try set(["us.amazon.nova-pro-v1:0", "acme.rocket-9-v1:0"]) }
  }
}
