import AWSServer
import AWSWire

extension CloudWatchService {
  private static let pageMax = 500

  func listMetrics(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let filter = try MetricFilter(input, now: now)
    let listing = input.listing("ListMetrics", without: ["NextToken"])
    var offset = 0
    if let token = try input.text("NextToken", max: 2_048) {
      guard let found = tokens.read(token, listing: listing) else { throw CloudWatchFault.invalidToken() }
      offset = found
    }
    let found = store.metrics().filter { filter.allows($0.key, last: $0.last) }
    let page = found.dropFirst(offset).prefix(Self.pageMax)
    let end = offset + page.count
    return .object([
      "Metrics": .array(page.map { $0.key.json }),
      "NextToken": end < found.count ? .string(tokens.make(listing: listing, offset: end)) : nil,
      "OwningAccounts": try input.flag("IncludeLinkedAccounts") == true ? JSONValue(page.map { _ in accountID }) : nil,
    ])
  }
}

private struct MetricFilter {
  private var namespace: String?
  private var name: String?
  private var dimensions: [(name: String, value: String?)] = []
  /// Series without a sample since this time, three hours or two weeks ago, are left out.
  private var oldest: Int

  init(_ input: CloudWatchInput, now: Int) throws(AWSFault) {
    namespace = try input.text("Namespace", max: 255)
    name = try input.text("MetricName", max: 255)
    for filter in try input.structures("Dimensions", max: 10) ?? [] {
      dimensions.append((try filter.requiredText("Name", max: 255), try filter.text("Value", max: 1_024)))
    }
    oldest = now - (try input.choice("RecentlyActive", of: ["PT3H"]) == nil ? 14 * 86_400 : 3 * 3_600)
  }

  func allows(_ key: MetricKey, last: Int) -> Bool {
    last >= oldest && (namespace ?? key.namespace) == key.namespace && (name ?? key.name) == key.name
      && dimensions.allSatisfy { wanted in
        key.dimensions.contains { $0.name == wanted.name && (wanted.value ?? $0.value) == $0.value }
      }
  }
}

extension MetricKey {
  var json: JSONValue {
    ["Namespace": .string(namespace), "MetricName": .string(name), "Dimensions": JSONValue(dimensions)]
  }
}
