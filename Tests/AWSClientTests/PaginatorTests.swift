import AWSClient
import AWSWire
import Synchronization
import Testing

struct PaginatorTests {
  struct Page: Sendable, Equatable {
    var items: [Int]
    var token: String?
  }

  /// Reads pages from a list; each page is asked for with the token of the one before.
  private func read(_ pages: [Page]) async throws -> (items: [Int], asked: [String?]) {
    let state = Mutex((rest: pages, asked: [String?]()))
    let paginator = Paginator<Page>(operation: "ListThings", token: \.token) { token in
      try state.withLock { state in
        state.asked.append(token)
        guard !state.rest.isEmpty else { throw AWSClientError(.response, "asked for too much") }
        return state.rest.removeFirst()
      }
    }
    var items: [Int] = []
    for try await page in paginator { items += page.items }
    return (items, state.withLock { $0.asked })
  }

  @Test func everyPageIsReadAndEmptyOnesAreSurvived() async throws {
    let result = try await read([
      Page(items: [1], token: "a"), Page(items: [], token: "b"), Page(items: [], token: "c"), Page(items: [2, 3], token: nil),
    ])
    #expect(result.items == [1, 2, 3])
    #expect(result.asked == [nil, "a", "b", "c"])
  }

  @Test func anEmptyTokenEndsTheListing() async throws {
    #expect(try await read([Page(items: [1], token: "")]).items == [1])
  }

  @Test(arguments: [["a", "a"], ["a", "b", "a"]])
  func aRepeatedTokenIsAnError(tokens: [String]) async throws {
    let error = try await #require(throws: AWSClientError.self) {
      _ = try await read(tokens.map { Page(items: [1], token: $0) } + [Page(items: [], token: nil)])
    }
    #expect(error.code == .pagination && error.message.contains("ListThings"))
  }

  @Test func theEndIsTheEnd() async throws {
    var iterator = Paginator<Page>(operation: "x", token: \.token) { _ in Page(items: [], token: nil) }.makeAsyncIterator()
    #expect(try await iterator.next() != nil)
    #expect(try await iterator.next() == nil)
    #expect(try await iterator.next() == nil)
  }
}
