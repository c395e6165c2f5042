package import Bedquota
package import BedrockQuotas

/// The plan of a run as JSON; see docs/json.md.
package struct BatchPlanPayload: Encodable {
  var id: String
  var endpoint: QuotaEndpoint
  var records: Int
  var sample: Int
  var unreadable: Int
  var withoutMaxTokens: Int
  var averageInputTokens: Int?
  var averageMaxTokens: Int?
  var secondsAtLeast: Double?
  var repeatedIds: Int
  var firstRepeatedId: String?
  var otherModels: Int
  var firstOtherModel: String?

  package init(_ plan: BatchPlan, _ resolution: Resolution) {
    (id, endpoint) = (resolution.id, resolution.endpoint)
    (records, sample, unreadable, withoutMaxTokens) = (plan.records, plan.sample, plan.unreadable, plan.withoutMaxTokens)
    (averageInputTokens, averageMaxTokens) = (plan.averageInputTokens, plan.averageMaxTokens)
    secondsAtLeast = RunText.leastSeconds(plan, resolution)
    (repeatedIds, firstRepeatedId) = (plan.repeatedIDs, plan.firstRepeatedID)
    (otherModels, firstOtherModel) = (plan.otherModels, plan.firstOtherModel)
  }
}
