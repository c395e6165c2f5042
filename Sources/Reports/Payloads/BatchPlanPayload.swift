package import Bedquota
import BedrockQuotas

/// The plan of a run as JSON; see docs/json.md.
package struct BatchPlanPayload: Encodable {
  /// One of several scopes, or their sum, whose names are absent. A quota that isn't known is absent.
  struct Quotas: Encodable {
    var scope: String?
    var id: String?
    var requestsPerMinute: Double?
    var tokensPerMinute: Double?
    var inputTokensPerMinute: Double?
    var outputTokensPerMinute: Double?

    init(_ scopes: [RunScope]) {
      (requestsPerMinute, tokensPerMinute) = (scopes.limit(.rpm), scopes.limit(.tpm))
      (inputTokensPerMinute, outputTokensPerMinute) = (scopes.limit(.inputTPM), scopes.limit(.outputTPM))
    }

    init(_ scope: RunScope) {
      self.init([scope])
      (self.scope, id) = (scope.label, scope.resolution.id)
    }
  }

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
  /// nil if there is only one.
  var scopes: [Quotas]?
  var total: Quotas?

  /// - Parameter scopes: one or more.
  package init(_ plan: BatchPlan, _ scopes: [RunScope]) {
    let resolution = scopes[0].resolution
    (id, endpoint) = (resolution.id, resolution.endpoint)
    (records, sample, unreadable, withoutMaxTokens) = (plan.records, plan.sample, plan.unreadable, plan.withoutMaxTokens)
    (averageInputTokens, averageMaxTokens) = (plan.averageInputTokens, plan.averageMaxTokens)
    secondsAtLeast = RunText.leastSeconds(plan, scopes)
    (repeatedIds, firstRepeatedId) = (plan.repeatedIDs, plan.firstRepeatedID)
    (otherModels, firstOtherModel) = (plan.otherModels, plan.firstOtherModel)
    if scopes.count > 1 { (self.scopes, total) = (scopes.map { Quotas($0) }, Quotas(scopes)) }
  }
}
