import Testing

@testable import Gateway

/// What isn't there in time is not waited for, once something is there.
@Suite(.timeLimit(.minutes(5)))
struct TimelyResultsTests {
  private struct Failure: Error {}
  private typealias Work = @Sendable () async throws -> Int

  /// It ends with the test's process at the latest.
  private static let never: Work = {
    try await Task.sleep(for: .seconds(3_600))
    return 0
  }
  private static let fails: Work = { throw Failure() }

  private static func at(_ number: Int, after time: Duration = .zero) -> Work {
    {
      try await Task.sleep(for: time)
      return number
    }
  }

  /// The numbers; -1: it failed; nil: it wasn't there in time.
  private static func results(_ work: [Work], grace: Duration) async throws -> [Int?] {
    try await TimelyResults.of(work, grace: grace).map { result in result.map { (try? $0.get()) ?? -1 } }
  }

  @Test func allAreThereInTheirOrder() async throws {
    let work = [Self.at(0, after: .milliseconds(30)), Self.fails, Self.at(2)]
    #expect(try await Self.results(work, grace: .seconds(3_600)) == [0, -1, 2])
    #expect(try await Self.results([], grace: .zero) == [])
  }

  @Test func oneIsEnough() async throws {
    #expect(try await Self.results([Self.never, Self.at(1), Self.never], grace: .milliseconds(10)) == [nil, 1, nil])
  }

  @Test func withoutOneAllAreWaitedFor() async throws {
    let work = [Self.fails, Self.at(1, after: .milliseconds(50)), Self.fails]
    #expect(try await Self.results(work, grace: .zero) == [-1, 1, -1])
    #expect(try await Self.results([Self.fails, Self.fails], grace: .zero) == [-1, -1])
  }

  @Test func whoLeavesWaitsForNothing() async throws {
    let task = Task { try await Self.results([Self.never], grace: .zero) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
