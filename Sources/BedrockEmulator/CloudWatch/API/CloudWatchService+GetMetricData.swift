import AWSServer
import AWSWire

extension CloudWatchService {
  private static let datapointsPerPageMax = 100_800
  private static let queriesMax = 500

  func metricData(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    guard let inputs = try input.structures("MetricDataQueries", max: Self.queriesMax) else {
      throw CloudWatchFault.missing("MetricDataQueries")
    }
    let (start, end) = try Self.range(input)
    let scan = try input.choice("ScanBy", of: ["TimestampDescending", "TimestampAscending"])
    let queries = try MetricQueries(inputs)
    let returned = queries.queries.indices.filter { queries.queries[$0].returnsData }
    guard !returned.isEmpty else { throw input.invalid("At least one element in MetricDataQueries must return data.") }
    let listing = input.listing("GetMetricData", without: ["NextToken", "MaxDatapoints"])
    var position = MetricDataPages.Position()
    if let token = try input.text("NextToken", max: 2_048) {
      guard let offset = tokens.read(token, listing: listing) else { throw CloudWatchFault.invalidToken() }
      position = MetricDataPages.Position(offset: offset)
    }
    var pages = MetricDataPages(
      queries: queries, returned: returned, isAscending: scan == "TimestampAscending",
      room: try input.integer("MaxDatapoints", in: 1...Self.datapointsPerPageMax) ?? Self.datapointsPerPageMax)
    let earliest = store.earliest(now: now)
    let next = try pages.fill(from: position, store) { period in
      MetricWindow(start: start, end: end, period: period, now: now, earliest: earliest)
    }
    return .object([
      "MetricDataResults": .array(pages.results),
      "NextToken": next.map { .string(tokens.make(listing: listing, offset: $0.offset)) },
      "Messages": [],
    ])
  }
}
