import Bedquota

/// `capacity` of several ids as JSON; see docs/json.md.
struct CapacitySetPayload: Encodable {
  struct Shared: Encodable {
    var id: String
    var with: String
  }

  struct Range: Encodable {
    var lower: Double
    var upper: Double
  }

  struct Ranges: Encodable {
    var requestsPerMinute: Range
  }

  struct Total: Encodable {
    var pools: Int
    var requestsPerMinute: Double?
    /// nil if the rate is the same either way.
    var ranges: Ranges?
    var tokensPerMinute: Double?
    var shared: [Shared]
    var unknown: [String]
  }

  var capacities: [CapacityPayload]
  var total: Total

  init(_ set: CapacitySet) {
    capacities = set.reports.map(CapacityPayload.init)
    let range = set.requestRange.flatMap { range in
      range.lowerBound == range.upperBound
        ? nil : Ranges(requestsPerMinute: Range(lower: range.lowerBound, upper: range.upperBound))
    }
    total = Total(
      pools: set.reports.count - set.unknown.count, requestsPerMinute: set.requestsPerMinute, ranges: range,
      tokensPerMinute: set.tokensPerMinute, shared: set.shared.map { Shared(id: $0.id, with: $0.with) }, unknown: set.unknown)
  }
}
