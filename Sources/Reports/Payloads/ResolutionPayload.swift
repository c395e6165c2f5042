import BedrockQuotas

/// `resolve` of one id as JSON; see docs/json.md.
struct ResolutionPayload: Encodable {
  struct Bound: Encodable {
    var measure: QuotaMeasure
    var code: String
    var name: String
    var appliedValue: Double?
    var defaultValue: Double?
    var evidence: String
  }

  struct Variant: Encodable {
    var variant: QuotaVariant
    var measure: QuotaMeasure
    var code: String
    var name: String
    var appliedValue: Double?
    var defaultValue: Double?
  }

  var id: String
  var modelId: String?
  var scope: QuotaScope
  var status: Resolution.Status
  var quotas: [Bound]
  var variants: [Variant]
  var contextWindow: Int?
  var maxOutputTokens: Int?
  var outputBurndown: Int?
  var disputed: DisputedPayload?
  var note: String?

  init(_ resolution: Resolution) {
    (id, modelId) = (resolution.id, resolution.modelID?.description)
    (scope, status, note) = (resolution.scope, resolution.status, resolution.note)
    quotas = resolution.quotas.map { bound in
      let quota = bound.quota
      return Bound(
        measure: quota.name.measure, code: quota.code, name: quota.name.text, appliedValue: quota.appliedValue,
        defaultValue: quota.defaultValue, evidence: bound.evidence)
    }
    variants = resolution.variants.map { item in
      let quota = item.quota
      return Variant(
        variant: item.variant, measure: quota.name.measure, code: quota.code, name: quota.name.text,
        appliedValue: quota.appliedValue, defaultValue: quota.defaultValue)
    }
    contextWindow = resolution.contextWindow
    maxOutputTokens = resolution.maxOutputTokens
    outputBurndown = resolution.outputBurndown
    disputed = DisputedPayload(resolution.disputed)
  }
}
