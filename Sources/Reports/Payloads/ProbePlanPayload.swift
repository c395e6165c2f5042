import BedrockQuotas
package import QuotaProbe

/// The plan of a probe as JSON; see docs/json.md.
package struct ProbePlanPayload: Encodable {
  var id: String
  var mode: String
  var measure: QuotaMeasure?
  var code: String?
  var appliedValue: Double?
  var most: ProbePlan.Amount
  var warnings: [String]

  package init(_ plan: ProbePlan) {
    (id, mode, measure, code, appliedValue) = (plan.id, plan.mode.rawValue, plan.measure, plan.code, plan.appliedValue)
    (most, warnings) = (plan.most, plan.warnings)
  }
}
