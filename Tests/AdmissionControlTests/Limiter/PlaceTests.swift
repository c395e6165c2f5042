import AdmissionControl
import Testing

/// Places of waiters, in a limiter around the state machine.
@Suite(.timeLimit(.minutes(5)))
struct PlaceTests {
  /// Admits one request at a time.
  private func stuck() -> Limiter { Limiter(LimiterConfiguration(limits: [Limit(.concurrency, 1)]), now: { 0 }) }

  /// A request that waits, and its place.
  private func wait(_ limiter: Limiter, place: QueuePlace? = nil, log: AsyncStream<Int>.Continuation? = nil, name: Int = 0)
    async throws
    -> (place: QueuePlace, task: Task<Void, any Error>)
  {
    let (places, found) = AsyncStream.makeStream(of: QueuePlace.self)
    let task = Task {
      let reservation = try await limiter.reserve(
        Cost(input: 1, maxTokens: 1), deadline: nil, priority: 0, tenant: 0, place: place
      ) { place, _ in found.yield(place) }
      log?.yield(name)
      reservation.settle(used: .zero)
    }
    var iterator = places.makeAsyncIterator()
    return (try #require(await iterator.next()), task)
  }

  private func order(of count: Int, _ log: AsyncStream<Int>) async -> [Int] {
    var order: [Int] = []
    for await name in log {
      order.append(name)
      if order.count == count { break }
    }
    return order
  }

  @Test func aCancelledRequestComesBackToItsPlace() async throws {
    let limiter = stuck()
    let (log, logged) = AsyncStream.makeStream(of: Int.self)
    let first = try await limiter.reserve(Cost(input: 1, maxTokens: 1))
    let gone = try await wait(limiter)
    let other = try await wait(limiter, log: logged, name: 2)
    gone.task.cancel()
    _ = await gone.task.result
    let back = try await wait(limiter, place: gone.place, log: logged, name: 1)
    #expect(limiter.snapshot.waiting == 2)
    first.settle(used: .zero)
    #expect(await order(of: 2, log) == [1, 2])
    try await other.task.value
    try await back.task.value
  }

  /// Ranks of another queue say nothing here.
  @Test func aPlaceInAnotherQueueCountsForNothing() async throws {
    let (limiter, another) = (stuck(), stuck())
    let (log, logged) = AsyncStream.makeStream(of: Int.self)
    let held = try await another.reserve(Cost(input: 1, maxTokens: 1))
    let foreign = try await wait(another)
    let first = try await limiter.reserve(Cost(input: 1, maxTokens: 1))
    let earlier = try await wait(limiter, log: logged, name: 1)
    let second = try await wait(limiter, log: logged, name: 2)
    // In the other queue it was the first.
    let later = try await wait(limiter, place: foreign.place, log: logged, name: 3)
    first.settle(used: .zero)
    #expect(await order(of: 3, log) == [1, 2, 3])
    for task in [earlier.task, second.task, later.task] { try await task.value }
    held.settle(used: .zero)
    try await foreign.task.value
  }

  @Test func whoNeedNotWaitHasNoPlace() async throws {
    let limiter = stuck()
    var waited = false
    let reservation = try await limiter.reserve(
      Cost(input: 1, maxTokens: 1), deadline: .seconds(1), priority: 0, tenant: 0, place: nil
    ) { _, _ in waited = true }
    #expect(!waited)
    reservation.settle(used: .zero)
  }
}
