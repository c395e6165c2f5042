import Bedquota
import BedrockQuotas

/// `capacity` of one id as JSON; see docs/json.md.
struct CapacityPayload: Encodable {
  struct Binding: Encodable {
    var measure: QuotaMeasure
    var code: String?

    init(_ limit: CapacityLimit) { (measure, code) = (limit.measure, limit.code) }
  }

  struct Limit: Encodable {
    var measure: QuotaMeasure
    var code: String?
    var name: String
    var quota: Double?
    var adjustable: Bool?
    var requestsPerMinute: Double?
    var rollingRequestsPerMinute: Double?
    var requestsPerDay: Double?
  }

  struct Rolling: Encodable {
    var binding: Binding
    var requestsPerMinute: Double
    var share: Double?
  }

  var id: String
  var modelId: String?
  var scope: QuotaScope
  var binding: Binding?
  var requestsPerMinute: Double?
  var requestsPerDay: Double?
  var tokensPerMinute: Double?
  var reservationPerRequest: Int?
  var finalCostPerRequest: Int?
  var requestsAtOnce: Int?
  var hoursUntilDayIsUsedUp: Double?
  var rolling: Rolling?
  var limits: [Limit]
  var contextWindow: Int?
  var maxOutputTokens: Int?
  var outputBurndown: Int?
  var disputed: DisputedPayload?
  var advice: [String]
  var provisioned: [ProvisionedPayload]?

  init(_ report: CapacityReport) {
    let (capacity, resolution) = (report.capacity, report.resolution)
    (id, modelId, scope) = (report.id, resolution.modelID?.description, resolution.scope)
    binding = capacity.binding.map(Binding.init)
    (requestsPerMinute, requestsPerDay) = (capacity.requestsPerMinute, capacity.requestsPerDay)
    tokensPerMinute = capacity.tokensPerMinute
    (reservationPerRequest, finalCostPerRequest) = (capacity.cost.reservation, capacity.cost.final)
    (requestsAtOnce, hoursUntilDayIsUsedUp) = (capacity.requestsAtOnce, capacity.hoursUntilDayIsUsedUp)
    rolling = capacity.rolling.map {
      Rolling(binding: Binding($0.binding), requestsPerMinute: $0.requestsPerMinute, share: $0.share)
    }
    limits = capacity.limits.map { limit in
      Limit(
        measure: limit.measure, code: limit.code, name: limit.name, quota: limit.quota, adjustable: limit.adjustable,
        requestsPerMinute: limit.requestsPerMinute, rollingRequestsPerMinute: limit.rollingRequestsPerMinute,
        requestsPerDay: limit.requestsPerDay)
    }
    (contextWindow, maxOutputTokens) = (resolution.contextWindow, resolution.maxOutputTokens)
    (outputBurndown, advice) = (capacity.outputBurndown, report.advice)
    var facts = resolution.disputed
    if outputBurndown != nil { facts.outputBurndown = nil }
    disputed = DisputedPayload(facts)
    provisioned = report.provisioned?.map(ProvisionedPayload.init)
  }
}
