import Bedquota

extension UsageReport {
  /// The id behind its place, if there is one: `production us-east-1 us.amazon.nova-pro-v1:0`.
  var placedID: String { placed(id, place) }
}

extension QuotaCheck.Verdict {
  /// The id behind its place, if there is one.
  var placedID: String { placed(id, place) }
}

private func placed(_ id: String, _ place: Place?) -> String { place.map { "\($0.words) \(id)" } ?? id }
