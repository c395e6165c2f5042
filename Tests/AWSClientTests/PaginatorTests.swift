import AWSWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

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

  /// Each page has a new token and little in it, but there is no end.
  @Test func endlessPagesEnd() async throws {
    let count = Mutex(0)
    let paginator = Paginator<Page>(operation: "ListThings", token: \.token) { _ in
      count.withLock { $0 += 1 }
      return Page(items: [], token: "\(count.withLock { $0 })")
    }
    let error = await #expect(throws: AWSClientError.self) { for try await _ in paginator {} }
    #expect(error?.code == .pagination && count.withLock { $0 } == 1_000)
  }

  @Test func endlessBytesEnd() async throws {
    let configuration = try AWSConfiguration(
      .init(region: "us-east-1", credentials: StaticCredentialProvider(Credentials(accessKeyID: "a", secretAccessKey: "b"))),
      environment: [:])
    let page = BedrockRuntimeAPI.countTokens("x", body: Data()).reading { _ in "" }
    let large = String(repeating: " ", count: 10 << 20)
    let transport = ScriptedTransport((0..<20).map { _ in .reply(status: 200, body: large) })
    let client = AWSClient(configuration: configuration, transport: transport)
    let count = Mutex(0)
    let paginator = Paginator<Page>(operation: "ListThings", token: \.token) { _ in
      _ = try await client.call(page)
      count.withLock { $0 += 1 }
      return Page(items: [], token: "\(count.withLock { $0 })")
    }
    let error = await #expect(throws: AWSClientError.self) { for try await _ in paginator {} }
    #expect(error?.code == .pagination && count.withLock { $0 } == 6)
  }
}
