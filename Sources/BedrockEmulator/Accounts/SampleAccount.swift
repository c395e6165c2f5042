import AWSWire
import Foundation

/// The built-in account. We made it up from AWS's names, quota codes and published default values.
package enum SampleAccount {
  package static func load() throws -> EmulatedAccount {
    try JSONDecoder().decode(Compact.self, from: Data(PackageResources.sample_account_json)).account
  }

  /// The resource file: one row per model, profile and quota, without the members that are the same in each row.
  private struct Compact: Decodable {
    struct Model: Decodable {
      var modelId: String
      var modelName: String
      var providerName: String
      var inputModalities: [String]
      var outputModalities: [String]
      var streaming: Bool
      var customizations: [String]
      var inferenceTypes: [String]
      var status: String
    }
    struct Profile: Decodable {
      var id: String
      var name: String
      var regions: [String]
    }
    struct Application: Decodable {
      var id: String
      var name: String
      /// The id of the profile that it was copied from.
      var copyFrom: String
    }
    struct Provisioned: Decodable {
      var id: String
      var name: String
      /// The foundation model, and the id of the custom model that is based on it, if any.
      var model: String
      var customModel: String?
      var units: Int
      var status: String
      var commitment: String?
      var created: String
      var expires: String?
    }
    struct Quota: Decodable {
      struct Metric: Decodable {
        var resource: String
        var type: String
      }
      var code: String
      var name: String
      var `default`: Double
      var applied: Double?
      var adjustable: Bool
      var unit: String?
      var usageMetric: Metric?
    }
    var accountId: String
    var region: String
    var models: [Model]
    var profiles: [Profile]
    var applicationProfiles: [Application]
    var provisioned: [Provisioned]
    var quotas: [Quota]

    var account: EmulatedAccount {
      let system = profiles.map(expand)
      return EmulatedAccount(
        accountID: accountId, region: region,
        applied: quotas.compactMap { row in row.applied.map { expand(row, value: $0) } },
        defaults: quotas.map { expand($0, value: $0.default) },
        models: models.map(expand), profiles: system + applicationProfiles.map { expand($0, of: system) },
        provisioned: provisioned.map(expand))
    }

    private func expand(_ row: Quota, value: Double) -> ServiceQuota {
      var quota = ServiceQuota(quotaCode: row.code)
      quota.serviceCode = "bedrock"
      quota.serviceName = "Amazon Bedrock"
      quota.quotaArn = "arn:aws:servicequotas:\(region):\(accountId):bedrock/\(row.code)"
      quota.quotaName = row.name
      quota.value = value
      quota.unit = row.unit ?? "None"
      quota.adjustable = row.adjustable
      quota.globalQuota = false
      quota.quotaAppliedAtLevel = "ACCOUNT"
      if let metric = row.usageMetric {
        quota.usageMetric = .init(
          metricNamespace: "AWS/Usage", metricName: metric.type == "Resource" ? "ResourceCount" : "CallCount",
          metricDimensions: ["Class": "None", "Resource": metric.resource, "Service": "Bedrock", "Type": metric.type],
          metricStatisticRecommendation: metric.type == "Resource" ? "Maximum" : "Sum")
      }
      return quota
    }

    private func expand(_ row: Model) -> FoundationModel {
      var model = FoundationModel(modelArn: modelARN(row.modelId, region: region), modelId: row.modelId)
      model.modelName = row.modelName
      model.providerName = row.providerName
      model.inputModalities = row.inputModalities
      model.outputModalities = row.outputModalities
      model.responseStreamingSupported = row.streaming
      model.customizationsSupported = row.customizations
      model.inferenceTypesSupported = row.inferenceTypes
      model.modelLifecycle = .init(status: row.status)
      return model
    }

    private func expand(_ row: Profile) -> InferenceProfile {
      let model = row.id.split(separator: ".", maxSplits: 1).last.map(String.init) ?? row.id
      let places = row.regions.filter { !$0.isEmpty }
      var profile = InferenceProfile(
        inferenceProfileName: row.name,
        inferenceProfileArn: "arn:aws:bedrock:\(region):\(accountId):inference-profile/\(row.id)",
        models: row.regions.map { .init(modelArn: modelARN(model, region: $0)) }, inferenceProfileId: row.id)
      profile.description =
        row.regions.contains("")
        ? "Routes requests globally across all supported AWS Regions." : "Routes requests in \(places.joined(separator: ", "))."
      profile.createdAt = "2026-01-15T00:00:00+00:00"
      profile.updatedAt = "2026-01-15T00:00:00+00:00"
      profile.status = "ACTIVE"
      profile.type = "SYSTEM_DEFINED"
      return profile
    }

    private func expand(_ row: Application, of system: [InferenceProfile]) -> InferenceProfile {
      var profile = InferenceProfile(
        inferenceProfileName: row.name,
        inferenceProfileArn: "arn:aws:bedrock:\(region):\(accountId):application-inference-profile/\(row.id)",
        models: system.first { $0.inferenceProfileId == row.copyFrom }?.models ?? [], inferenceProfileId: row.id)
      profile.createdAt = "2026-03-02T00:00:00+00:00"
      profile.updatedAt = "2026-03-02T00:00:00+00:00"
      profile.status = "ACTIVE"
      profile.type = "APPLICATION"
      return profile
    }

    private func expand(_ row: Provisioned) -> ProvisionedModelSummary {
      let arn =
        row.customModel.map { "arn:aws:bedrock:\(region):\(accountId):custom-model/\(row.model)/\($0)" }
        ?? modelARN(row.model, region: region)
      var summary = ProvisionedModelSummary(
        provisionedModelName: row.name, provisionedModelArn: "arn:aws:bedrock:\(region):\(accountId):provisioned-model/\(row.id)")
      summary.modelArn = arn
      summary.desiredModelArn = arn
      summary.foundationModelArn = modelARN(row.model, region: region)
      summary.modelUnits = row.units
      summary.desiredModelUnits = row.units
      summary.status = row.status
      summary.commitmentDuration = row.commitment
      summary.commitmentExpirationTime = row.expires
      summary.creationTime = row.created
      summary.lastModifiedTime = row.created
      return summary
    }

    private func modelARN(_ id: String, region: String) -> String { "arn:aws:bedrock:\(region)::foundation-model/\(id)" }
  }
}
