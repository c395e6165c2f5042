import Bedquota
import BedrockQuotas

/// A row of `models` as JSON; see docs/json.md.
struct ModelPayload: Encodable {
  struct Bound: Encodable {
    var measure: QuotaMeasure
    var code: String
    var appliedValue: Double?
    var defaultValue: Double?
  }

  var id: String
  var name: String
  var provider: String
  var kind: String
  var lifecycle: String?
  var arn: String
  var scope: QuotaScope?
  var status: Resolution.Status
  var quotas: [Bound]
  var contextWindow: Int?
  var maxOutputTokens: Int?
  var disputed: DisputedPayload?

  init(_ row: ModelListing.Row) {
    let (entry, resolution) = (row.entry, row.resolution)
    (id, name, provider, kind) = (entry.id, entry.name, entry.provider, entry.kind)
    (lifecycle, arn) = (entry.status, entry.arn)
    scope = resolution?.scope
    status = resolution?.status ?? .unknown
    quotas = (resolution?.quotas ?? []).map { bound in
      Bound(
        measure: bound.quota.name.measure, code: bound.quota.code, appliedValue: bound.quota.appliedValue,
        defaultValue: bound.quota.defaultValue)
    }
    contextWindow = resolution?.contextWindow
    maxOutputTokens = resolution?.maxOutputTokens
    // A list has no burndowns.
    var facts = resolution?.disputed
    facts?.outputBurndown = nil
    disputed = DisputedPayload(facts)
  }
}
