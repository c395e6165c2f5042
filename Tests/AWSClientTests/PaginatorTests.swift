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

  /// A listing of two pages whose second page AWS refuses `refusals` times.
  private func listing(_ code: String, _ message: String, refusals: Int) async throws -> (
    items: [Int], asked: [String?], discarded: Int
  ) {
    let state = Mutex((refusals: refusals, asked: [String?]()))
    let paginator = Paginator<Page>(operation: "ListThings", token: \.token) { token in
      try state.withLock { state in
        state.asked.append(token)
        guard let token else { return Page(items: [state.asked.count], token: "t\(state.asked.count)") }
        guard state.refusals == 0 else {
          state.refusals -= 1
          let service = AWSClientError.Service(code: code, message: message, status: 400, requestID: nil, body: [])
          throw AWSClientError(.service, "refused \(token)", service: service)
        }
        return Page(items: [100], token: nil)
      }
    }
    let discarded = Mutex(0)
    let pages = try await paginator.all(discarded: { pages in discarded.withLock { $0 += pages.count } })
    return (pages.flatMap(\.items), state.withLock { $0.asked }, discarded.withLock { $0 })
  }

  @Test(arguments: [
    ("InvalidPaginationTokenException", "You specified an invalid value for nextToken."), ("InvalidNextToken", ""),
    ("ValidationException", "The provided nextToken is expired."), ("InvalidParameterValue", "NextToken is not valid"),
    ("ExpiredNextTokenException", ""), ("IllegalArgumentException", "Invalid pagination token"),
  ])
  func aRefusedTokenBeginsTheListingAgain(code: String, message: String) async throws {
    let result = try await listing(code, message, refusals: 1)
    #expect(result.items == [3, 100] && result.asked == [nil, "t1", nil, "t3"] && result.discarded == 1)
  }

  @Test func onlyOnce() async throws {
    let error = await #expect(throws: AWSClientError.self) { _ = try await listing("InvalidNextToken", "", refusals: 2) }
    #expect(error?.message == "refused t3")
  }

  @Test(arguments: [
    ("AccessDeniedException", "nextToken"), ("ValidationException", "The model identifier is invalid."),
    ("ExpiredTokenException", "The security token included in the request is expired"),
  ])
  func otherErrorsEndIt(code: String, message: String) async throws {
    let error = await #expect(throws: AWSClientError.self) { _ = try await listing(code, message, refusals: 1) }
    #expect(error?.message == "refused t1")
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
