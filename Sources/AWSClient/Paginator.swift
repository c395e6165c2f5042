import AWSWire

/// The pages of a listing, one call each, fetched as they are asked for.
///
/// A page may be empty and still have a next one. A token that comes twice would page for ever; it ends the listing with an error.
package struct Paginator<Page: Sendable>: AsyncSequence, Sendable {
  package typealias Element = Page
  /// No AWS listing we read comes near; a server that invents new tokens for ever does.
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

  package struct Iterator: AsyncIteratorProtocol {
    let pages: Paginator
    var next: String?
    var seen: Set<String> = []
    var count = 0
    var finished = false

    package mutating func next() async throws -> Page? {
      guard !finished else { return nil }
      let page = try await pages.fetch(next)
      count += 1
      // AWS marks the end with no token or, in places, with an empty one.
      guard let token = pages.token(page), !token.isEmpty else {
        finished = true
        return page
      }
      let isNew = seen.insert(token).inserted
      guard isNew, count < Paginator.pagesMax else {
        finished = true
        let why = isNew ? "there is no end after \(count) pages" : "after \(count) pages it gave a token it had given before"
        throw AWSClientError(
          .pagination, "\(pages.operation) would page for ever: \(why). Nothing is shown, for it might be incomplete.",
          operation: pages.operation)
      }
      next = token
      return page
    }
  }
}
