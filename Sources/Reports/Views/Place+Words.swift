import Bedquota
import BedrockQuotas

extension UsageReport {
  /// The id behind its place, if there is one: `production us-east-1 us.amazon.nova-pro-v1:0`; `openai.gpt-5.4 (mantle)`.
  var placedID: String { placed(id, place, endpoint) }

  /// The same without the endpoint, for lines that name it themselves.
  var placedPlainID: String { placed(id, place, .runtime) }
}

extension QuotaCheck.Verdict {
  /// The id behind its place, if there is one.
  var placedID: String { placed(id, place, endpoint) }
}

private func placed(_ id: String, _ place: Place?, _ endpoint: QuotaEndpoint) -> String {
  let named = endpoint == .mantle ? "\(id) (mantle)" : id
  return place.map { "\($0.words) \(named)" } ?? named
}
