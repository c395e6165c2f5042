import AWSServer
import AWSWire
import Foundation

/// What ListAsyncInvokes and ListModelInvocationJobs have in common: filters, order, and pages that stay right while jobs are added.
struct JobListing: Sendable {
  /// A job of the list.
  struct Item: Sendable {
    /// Its place in the order of submission, which is unique.
    var number: Int
    var status: String
    var name: String?
    var submitTime: Date
    var encoded: Data
  }

  private let operation: String
  private let isAscending: Bool
  private let status: String?
  private let after: Date?
  private let before: Date?
  private let name: String?
  private let count: Int
  /// The number of the first job of the page; nil for the first page.
  private let first: Int?
  private let listing: String
  private let tokens: PageToken

  /// Reads the parameters of a request.
  init(
    _ operation: String, _ query: [String: String], statuses: [String], sortBy: String, service: BedrockService
  ) throws(AWSFault) {
    self.operation = operation
    tokens = service.tokens
    status = try service.choice(query, "statusEquals", statuses)
    _ = try service.choice(query, "sortBy", [sortBy])
    // The newest come first. AWS doesn't document the order without sortOrder.
    isAscending = try service.choice(query, "sortOrder", ["Ascending", "Descending"]) == "Ascending"
    after = try service.time(query, "submitTimeAfter")
    before = try service.time(query, "submitTimeBefore")
    name = query["nameContains"]
    let filters = ["statusEquals", "sortBy", "sortOrder", "submitTimeAfter", "submitTimeBefore", "nameContains"]
    listing = operation + "/" + filters.map { query[$0] ?? "" }.joined(separator: "/")
    let (count, offset) = try service.page(query, listing: listing)
    self.count = count
    first = query["nextToken"] == nil ? nil : offset
  }

  /// The page of `items`, which are in the order of submission.
  func page(_ items: [Item], member: String) -> ServerResponse {
    let wanted = items.filter { item in
      if let status, item.status != status { return false }
      if let after, item.submitTime <= after { return false }
      if let before, item.submitTime >= before { return false }
      if let name, item.name?.contains(name) != true { return false }
      guard let first else { return true }
      return isAscending ? item.number >= first : item.number <= first
    }
    let ordered = isAscending ? wanted : wanted.reversed()
    let list = EncodedList(encoded: ordered.prefix(count + 1).map(\.encoded))
    return .json(
      list.page(member, from: 0, count: count, tokenMember: "nextToken") { next in
        tokens.make(listing: listing, offset: ordered[next].number)
      })
  }
}
