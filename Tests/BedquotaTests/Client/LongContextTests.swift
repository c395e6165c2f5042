import AWSWire
import AdmissionControl
import BedrockEmulator
import BedrockQuotas
import Testing

@testable import Bedquota

/// Prompts above 200,000 tokens have quotas of their own.
struct LongContextTests {
  private static let sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  private let long = ModelRequest(prompt: String(repeating: "word", count: 210_000), maxTokens: 10)
  private let short = ModelRequest(prompt: "How are you?", maxTokens: 10)

  @Test func longPromptsWaitForTheirOwnQuota() async throws {
    try await ClientBench.with(Self.sonnet, output: 5) { [long, short] client, _ in
      let book = try #require(client.longContext)
      #expect(book.limits.contains(Limit(.tokensPerMinute, 250_000)))
      _ = try await client.send(long)
      // The next one doesn't fit into the minute, and is not sent only to be throttled.
      #expect(book.limiter.snapshot.counts.completed == 1 && client.limiter.snapshot.counts.completed == 0)
      let (limiter, cost) = client.admission(of: try await client.cost(of: long), client.bounds(of: long))
      await #expect(throws: Refusal.self) { _ = try await limiter.reserve(cost, deadline: .seconds(1)) }
      #expect(client.statistics.throttled == 0)
      // Short ones don't wait for it.
      _ = try await client.send(short)
      #expect(client.limiter.snapshot.counts.completed == 1)
    }
  }

  /// The estimate takes it for a long prompt, and the service counts less: the ordinary quota pays, and the other gets all back.
  @Test func anEstimateOnTheWrongSideIsCorrected() async throws {
    try await ClientBench.with(Self.sonnet, output: 5) { client, _ in
      let book = try #require(client.longContext)
      let request = ModelRequest(prompt: String(repeating: "word", count: 190_000), maxTokens: 10)
      // Little comes back while the test runs.
      client.limiter.setLimit(.tokensPerMinute, 300_000)
      let cost = try await client.cost(of: request)
      #expect(ObjectIdentifier(client.admission(of: cost, client.bounds(of: request)).limiter) == ObjectIdentifier(book.limiter))
      let before = client.limiter.snapshot.meters.first { $0.measure == .tokensPerMinute }?.available
      _ = try await client.send(request)
      #expect(book.limiter.snapshot.counts.cancelled == 1 && book.limiter.snapshot.counts.completed == 0)
      let after = client.limiter.snapshot.meters.first { $0.measure == .tokensPerMinute }?.available
      #expect(try #require(before) - (try #require(after)) > 50_000)
      #expect(client.limiter.snapshot.counts.admitted == 0 && client.statistics.quotaTokens > 190_000)
    }
  }

  @Test func aModelWithoutSuchQuotasHasOneBook() async throws {
    try await ClientBench.with { [long] client, _ in
      #expect(client.longContext == nil)
      let (limiter, _) = client.admission(of: try await client.cost(of: long), client.bounds(of: long))
      #expect(ObjectIdentifier(limiter) == ObjectIdentifier(client.limiter))
    }
  }

  /// A high estimate alone refuses no request.
  @Test func anEstimateAboveTheLimitReservesTheLimit() async throws {
    try await ClientBench.with(Self.sonnet) { [long] client, _ in
      let cost = try await client.cost(of: long)
      #expect(cost.reserved.tokens > 250_000)
      #expect(client.admission(of: cost, client.bounds(of: long)).cost.reserved.tokens == 250_000)
      let longer = ModelRequest(prompt: String(repeating: "word", count: 300_000), maxTokens: 10)
      let tooMuch = try await client.cost(of: longer)
      #expect(client.admission(of: tooMuch, client.bounds(of: longer)).cost == tooMuch)
    }
  }
}
