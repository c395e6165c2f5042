import AdmissionControl
import Testing

@testable import Gateway

struct RetryPlacesTests {
  private static let hash = [UInt8](repeating: 7, count: 32)

  private func key(_ headers: [(String, String)], tenant: UInt32 = 1, hash: [UInt8]? = Self.hash) -> RetryKey? {
    RetryKey(headers: headers.map { (name: $0.0, value: $0.1) }, tenant: tenant) { hash }
  }

  private func aws(_ id: String, tenant: UInt32 = 1) throws -> RetryKey {
    try #require(key([("amz-sdk-invocation-id", id)], tenant: tenant))
  }

  /// A place in the queue of a limiter.
  private func place() async throws -> QueuePlace {
    var configuration = LimiterConfiguration(limits: [Limit(.concurrency, 1)])
    configuration.learnsLimits = false
    let limiter = Limiter(configuration)
    let first = try await limiter.reserve(Cost(input: 1, maxTokens: 1))
    let (places, found) = AsyncStream.makeStream(of: QueuePlace.self)
    let waiter = Task {
      try await limiter.reserve(Cost(input: 1, maxTokens: 1), deadline: nil, priority: 0, tenant: 0, place: nil) { place, _ in
        found.yield(place)
      }.settle(used: .zero)
    }
    var iterator = places.makeAsyncIterator()
    let place = try #require(await iterator.next())
    waiter.cancel()
    first.settle(used: .zero)
    return place
  }

  @Test func aRetryFindsItsPlaceOnce() async throws {
    let (places, place) = (RetryPlaces(), try await place())
    places.left(try aws("a"), place, at: .seconds(100))
    #expect(places.take(try aws("a", tenant: 2), at: .seconds(101)) == nil)
    #expect(places.take(try aws("b"), at: .seconds(101)) == nil)
    #expect(places.take(try aws("a"), at: .seconds(101)) == place)
    #expect(places.take(try aws("a"), at: .seconds(101)) == nil)
    #expect(places.count == 0)
  }

  @Test func aPlaceIsKeptForHalfAMinute() async throws {
    let (places, place) = (RetryPlaces(), try await place())
    places.left(try aws("a"), place, at: .zero)
    #expect(places.take(try aws("a"), at: .seconds(30)) == nil)
    places.left(try aws("a"), place, at: .seconds(40))
    // The same one leaves again, so its first end no longer counts.
    places.left(try aws("a"), place, at: .seconds(60))
    #expect(places.take(try aws("a"), at: .seconds(75)) == place)
  }

  @Test func theTableIsBounded() async throws {
    let (places, place) = (RetryPlaces(), try await place())
    for number in 0..<25_000 { places.left(try aws("\(number)"), place, at: .zero) }
    #expect(places.count == 10_000)
    #expect(places.take(try aws("24999"), at: .seconds(1)) == place)
    #expect(places.take(try aws("0"), at: .seconds(1)) == nil)
  }

  /// The SDKs of Anthropic and OpenAI have no id for a request, so its body is what they repeat.
  @Test func aBodyIsFoundByARetryAlone() async throws {
    let (places, place) = (RetryPlaces(), try await place())
    let first = try #require(key([("x-stainless-retry-count", "0")]))
    let second = try #require(key([("x-stainless-retry-count", "1")]))
    places.left(first, place, at: .zero)
    #expect(places.take(first, at: .seconds(1)) == nil, "another request with the same body")
    #expect(places.take(try #require(key([("x-stainless-retry-count", "1")], hash: [1])), at: .seconds(1)) == nil)
    #expect(places.take(second, at: .seconds(1)) == place)
  }

  @Test func whoHasNoMarkHasNoPlace() {
    #expect(key([]) == nil)
    #expect(key([("amz-sdk-invocation-id", String(repeating: "x", count: 65))]) == nil)
    #expect(key([("x-stainless-retry-count", "-1")]) == nil)
    #expect(key([("x-stainless-retry-count", "0")], hash: nil) == nil)
  }
}
