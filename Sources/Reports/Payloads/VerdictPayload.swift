import AWSWire
import Bedquota
import BedrockQuotas

/// A verdict of `check` as JSON; see docs/json.md.
struct VerdictPayload: Encodable {
  var at: String?
  var code: String?
  var id: String
  var measure: QuotaMeasure?
  var message: String
  var quota: Double?
  var status: String
  var throttles: Double
  var utilization: Double?
  var value: Double?

  /// - Parameter message: the verdict in words.
  init(_ verdict: QuotaCheck.Verdict, message: String) {
    (id, measure, code) = (verdict.id, verdict.measure, verdict.code)
    (status, self.message) = (verdict.status.rawValue, message)
    (value, quota, utilization) = (verdict.value, verdict.quota, verdict.utilization)
    at = verdict.atSeconds.map(AWSDate.iso8601)
    throttles = verdict.throttles
  }
}
