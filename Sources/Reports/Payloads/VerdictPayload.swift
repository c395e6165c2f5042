import AWSWire
import Bedquota
import BedrockQuotas

/// A verdict of `check` as JSON; see docs/json.md.
struct VerdictPayload: Encodable {
  var account: String?
  var appliedValue: Double?
  var at: String?
  var code: String?
  var endpoint: String?
  var formulaValue: Double?
  var id: String?
  var measure: String?
  var message: String
  var metricValue: Double?
  var quota: Double?
  var region: String?
  var status: String
  var throttleRate: Double?
  var throttles: Double?
  var utilization: Double?
  var value: Double?

  /// - Parameter message: the verdict in words.
  init(_ verdict: QuotaCheck.Verdict, message: String) {
    (account, region) = (verdict.place?.account, verdict.place?.region)
    endpoint = verdict.endpoint.rawValue
    (id, measure, code) = (verdict.id, verdict.subject, verdict.code)
    (formulaValue, metricValue) = (verdict.formulaValue, verdict.metricValue)
    (status, self.message) = (verdict.status.rawValue, message)
    (value, quota, utilization) = (verdict.value, verdict.quota, verdict.utilization)
    appliedValue = verdict.appliedValue
    at = verdict.atSeconds.map(AWSDate.iso8601)
    (throttles, throttleRate) = (verdict.throttles, verdict.throttleRate)
  }

  /// A place that could not be read: nothing is known of it.
  init(_ failure: PlaceFailure) {
    (account, region) = (failure.place.account, failure.place.region.isEmpty ? nil : failure.place.region)
    (status, message) = (QuotaCheck.Status.unknown.rawValue, failure.error)
  }
}

extension QuotaCheck.Verdict {
  /// What is judged: a measure, or `throttling`; nil if no quota of the id is known.
  var subject: String? { isThrottling ? "throttling" : measure?.rawValue }
}
