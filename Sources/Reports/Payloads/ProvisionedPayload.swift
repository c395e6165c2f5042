import Bedquota
import BedrockQuotas

/// A provisioned throughput as JSON; see docs/json.md.
struct ProvisionedPayload: Encodable {
  /// `capacity` without an id.
  struct All: Encodable { var provisioned: [ProvisionedPayload] }

  /// A quota for more model units.
  struct Units: Encodable {
    var measure: QuotaMeasure
    var code: String
    var name: String
    var appliedValue: Double?
    var defaultValue: Double?
    var adjustable: Bool?
  }

  var name: String
  var arn: String
  var modelId: String?
  var customModelArn: String?
  var modelUnits: Int?
  var desiredModelUnits: Int?
  var status: String?
  var commitment: String?
  var commitmentExpires: String?
  var quotas: [Units]

  init(_ item: ProvisionedThroughput) {
    (name, arn, modelId, customModelArn) = (item.name, item.arn, item.modelID, item.customModelARN)
    (modelUnits, desiredModelUnits, status) = (item.modelUnits, item.desiredModelUnits, item.status)
    (commitment, commitmentExpires) = (item.commitment, item.commitmentExpires)
    quotas = item.quotas.map { quota in
      Units(
        measure: quota.name.measure, code: quota.code, name: quota.name.text, appliedValue: quota.appliedValue,
        defaultValue: quota.defaultValue, adjustable: quota.adjustable)
    }
  }
}
