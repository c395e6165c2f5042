import AWSWire

/// The pages of a listing, each fetched when it is asked for.
///
/// An empty page may have a next one. A token that AWS returns twice would page for ever, so it is an error; so are too many pages
/// or bytes.
package struct Paginator<Page: Sendable>: AsyncSequence, Sendable {
  package typealias Element = Page
  /// More pages than any AWS listing has. It ends the paging of a server that never stops returning new tokens.
  static var pagesMax: Int { 1_000 }

  let operation: String
  let token: @Sendable (Page) -> String?
  let fetch: @Sendable (String?) async throws -> Page

  package init(
    operation: String, token: @escaping @Sendable (Page) -> String?, fetch: @escaping @Sendable (String?) async throws -> Page
  ) {
    self.operation = operation
    self.token = token
    self.fetch = fetch
  }

  package func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

  /// Every page. If AWS refuses a token that it returned before, the listing begins again, once.
  /// - Parameters:
  ///   - read: called with each page as it arrives.
  ///   - discarded: called with the pages that were read in vain, before the listing begins again.
  package func all(_ read: (Page) -> Void = { _ in }, discarded: ([Page]) -> Void = { _ in }) async throws -> [Page] {
    var pages: [Page] = []
    var isFirst = true
    while true {
      do {
        for try await page in self {
          pages.append(page)
          read(page)
        }
        return pages
      } catch let error as AWSClientError where isFirst && !pages.isEmpty && error.refusesPageToken {
        isFirst = false
        discarded(pages)
        pages = []
      }
    }
  }

  package struct Iterator: AsyncIteratorProtocol {
    let pages: Paginator
    var next: String?
    var seen: Set<String> = []
    var count = 0
    var finished = false
    private let budget = ListingBudget()

    init(pages: Paginator) { self.pages = pages }

    package mutating func next() async throws -> Page? {
      guard !finished else { return nil }
      let page = try await ListingBudget.$current.withValue(budget) { try await pages.fetch(next) }
      count += 1
      // At the end, AWS returns no token or, in some operations, an empty one.
      guard let token = pages.token(page), !token.isEmpty else {
        finished = true
        return page
      }
      let isNew = seen.insert(token).inserted
      guard isNew, count < Paginator.pagesMax else {
        finished = true
        let why = isNew ? "there is no end after \(count) pages" : "after \(count) pages it returned a token for the second time"
        throw AWSClientError(
          .pagination, "\(pages.operation) would page for ever: \(why). Nothing is shown, because it might be incomplete.",
          operation: pages.operation)
      }
      next = token
      return page
    }
  }
}
