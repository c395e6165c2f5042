import AWSServer
import AWSWire
import Foundation

extension BedrockService {
  /// A Provisioned Throughput, encoded for the listing and for GetProvisionedModelThroughput.
  struct ProvisionedModel: Sendable {
    let summary: ProvisionedModelSummary
    let encoded: Data
    let details: Data
    /// nil if the folder's time can't be parsed.
    let created: Date?

    static func all(_ summaries: [ProvisionedModelSummary]) throws -> [ProvisionedModel] {
      let details = try EncodedList(summaries.map(Details.init)).items
      return zip(zip(summaries, try EncodedList(summaries).items), details).map { pair, details in
        ProvisionedModel(
          summary: pair.0, encoded: pair.1, details: details, created: pair.0.creationTime.flatMap(BedrockService.date))
      }
    }

    /// Whether a reference means it: its ARN, its name, or the id at the end of its ARN.
    func isNamed(_ reference: String) -> Bool {
      reference == summary.provisionedModelArn || reference == summary.provisionedModelName
        || summary.provisionedModelArn.hasSuffix(":provisioned-model/\(reference)")
    }
  }

  /// The reply of Get: the summary and, if it failed, the reason.
  private struct Details: Encodable {
    let summary: ProvisionedModelSummary

    init(_ summary: ProvisionedModelSummary) { self.summary = summary }

    enum CodingKeys: CodingKey { case failureMessage }

    func encode(to encoder: any Encoder) throws {
      try summary.encode(to: encoder)
      guard summary.status == "Failed" else { return }
      var box = encoder.container(keyedBy: CodingKeys.self)
      try box.encode("The Provisioned Throughput could not be created.", forKey: .failureMessage)
    }
  }

  func listProvisionedModels(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let status = try choice(query, "statusEquals", ["Creating", "InService", "Updating", "Failed"])
    _ = try choice(query, "sortBy", ["CreationTime"])
    let order = try choice(query, "sortOrder", ["Ascending", "Descending"])
    let name = try text(query, "nameContains", lengthMax: 63)
    let model = try text(query, "modelArnEquals", lengthMax: 1_011)
    let after = try time(query, "creationTimeAfter")
    let before = try time(query, "creationTimeBefore")
    var found = provisioned.filter { item in
      (status == nil || item.summary.status == status) && (model == nil || item.summary.modelArn == model)
        && (name == nil || item.summary.provisionedModelName.contains(name!))
        && (after == nil || item.created.map { $0 > after! } ?? false)
        && (before == nil || item.created.map { $0 < before! } ?? false)
    }
    // The default is the order of the folder. AWS doesn't document the direction of sortBy without sortOrder.
    if (order ?? query["sortBy"]) != nil {
      let isAscending = order == "Ascending"
      found.sort { left, right in
        let dates = (left.created ?? .distantPast, right.created ?? .distantPast)
        return isAscending ? dates.0 < dates.1 : dates.0 > dates.1
      }
    }
    let filters = [
      "statusEquals", "sortBy", "sortOrder", "nameContains", "modelArnEquals", "creationTimeAfter", "creationTimeBefore",
    ]
    let listing = "ListProvisionedModelThroughputs/" + filters.map { query[$0] ?? "" }.joined(separator: "/")
    let (count, offset) = try page(query, listing: listing)
    let body = EncodedList(encoded: found.map(\.encoded)).page(
      "provisionedModelSummaries", from: offset, count: count, tokenMember: "nextToken"
    ) { tokens.make(listing: listing, offset: $0) }
    return .json(body)
  }

  func provisionedModel(_ reference: String) throws(AWSFault) -> ServerResponse {
    guard let found = provisioned.first(where: { $0.isNamed(reference) }) else {
      throw AWSFault(
        code: "ResourceNotFoundException",
        message: "The provisioned model throughput \(reference.prefix(200)) could not be found.", status: 404)
    }
    return .json(found.details)
  }

  private func text(_ query: [String: String], _ name: String, lengthMax: Int) throws(AWSFault) -> String? {
    guard let value = query[name] else { return nil }
    guard (1...lengthMax).contains(value.utf8.count) else {
      throw invalid(name, value, "Member must have length between 1 and \(lengthMax)")
    }
    return value
  }

  func time(_ query: [String: String], _ name: String) throws(AWSFault) -> Date? {
    guard let value = query[name] else { return nil }
    guard let date = Self.date(value) else { throw invalid(name, value, "Member must be a date and time of ISO 8601") }
    return date
  }

  /// ISO 8601 with an offset, with or without a fraction of a second.
  static func date(_ text: String) -> Date? {
    guard text.utf8.count <= 40 else { return nil }
    return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
