import AWSWire
import Bedquota
import BedrockQuotas

/// A made-up account: Nova Pro in every way, Claude Opus 4.7 by profiles alone.
enum RouteBench {
  static let nova = ModelID("amazon.nova-pro-v1:0")!
  static let opus = ModelID("anthropic.claude-opus-4-7")!
  static let copy = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
  static let bought = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/8q2mf4x7n1ab"
  static let usRegions = ["us-east-1", "us-east-2", "us-west-2"]

  static func model(_ id: String, _ name: String, _ types: [String], status: String = "ACTIVE") -> FoundationModel {
    var model = FoundationModel(modelArn: "arn:aws:bedrock:us-east-1::foundation-model/\(id)", modelId: id)
    (model.modelName, model.providerName, model.inferenceTypesSupported) = (name, "", types)
    model.modelLifecycle = .init(status: status)
    return model
  }

  /// - Parameter regions: an empty one stands for every commercial Region.
  static func profile(
    _ id: String, of model: ModelID, _ regions: [String] = usRegions, type: String = "SYSTEM_DEFINED", status: String = "ACTIVE"
  ) -> InferenceProfile {
    let kind = type == "APPLICATION" ? "application-inference-profile" : "inference-profile"
    var profile = InferenceProfile(
      inferenceProfileName: id, inferenceProfileArn: "arn:aws:bedrock:us-east-1:123456789012:\(kind)/\(id)",
      models: regions.map { .init(modelArn: "arn:aws:bedrock:\($0)::foundation-model/\(model)") }, inferenceProfileId: id)
    (profile.type, profile.status) = (type, status)
    return profile
  }

  static func quota(_ code: String, _ name: String, _ value: Double) -> Quota {
    Quota(code: code, name: QuotaName(name), appliedValue: value, adjustable: true, family: "")
  }

  static let models = [
    model(nova.description, "Nova Pro", ["ON_DEMAND", "INFERENCE_PROFILE"]),
    model("amazon.nova-pro-v1:0:300k", "Nova Pro", ["PROVISIONED"]),
    model(opus.description, "Claude Opus 4.7", ["INFERENCE_PROFILE"]),
    model("anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", ["ON_DEMAND", "INFERENCE_PROFILE"]),
    model("anthropic.claude-sonnet-4-20250514-v1:0", "Claude Sonnet 4", ["INFERENCE_PROFILE"], status: "LEGACY"),
    model("anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", ["INFERENCE_PROFILE"]),
  ]
  static let profiles = [
    profile("us.\(nova)", of: nova), profile("abc123def456", of: nova, type: "APPLICATION"),
    profile("us.\(opus)", of: opus), profile("global.\(opus)", of: opus, ["us-east-1", ""]),
  ]
  static let quotas = [
    quota("L-1", "On-demand model inference tokens per minute for Amazon Nova Pro", 400_000),
    quota("L-2", "Cross-region model inference tokens per minute for Amazon Nova Pro", 1_600_000),
    quota("L-3", "Model invocation max tokens per day for Amazon Nova Pro (doubled for cross-region calls)", 576_000_000),
    quota("L-4", "Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7", 2_000_000),
    quota("L-5", "Global cross-region model inference tokens per minute for Anthropic Claude Opus 4.7", 10_000_000),
    quota("L-6", "[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7", 20_000_000),
    quota("L-7", "[bedrock-mantle endpoint] Output tokens per minute for Claude Opus 4.7", 2_000_000),
    quota("L-8", "[bedrock-mantle endpoint] Input tokens per minute for GPT-5.4", 5_000_000),
    quota("L-9", "[bedrock-mantle endpoint] Output tokens per minute for GPT-5.4", 500_000),
  ]

  static func context(
    models: [FoundationModel] = models, profiles: [InferenceProfile] = profiles, quotas: [Quota] = quotas,
    region: String = "us-east-1", lists: QuotaResolver.Lists = .init()
  ) -> QuotaContext {
    QuotaContext(
      inventory: QuotaInventory(region: region, quotas: quotas),
      catalog: ModelCatalog(models: models, profiles: profiles, lists: lists))
  }

  static func throughput(status: String = "InService", customModel: String? = nil) -> ProvisionedThroughput {
    var summary = ProvisionedModelSummary(provisionedModelName: "nova-pro-steady", provisionedModelArn: bought)
    summary.foundationModelArn = "arn:aws:bedrock:us-east-1::foundation-model/\(nova):300k"
    summary.modelArn = customModel ?? summary.foundationModelArn
    (summary.status, summary.modelUnits) = (status, 2)
    return ProvisionedThroughput(summary)
  }

  static func routes(
    of model: ModelID = nova, in context: QuotaContext = context(), _ provisioned: [ProvisionedThroughput]? = []
  ) -> ModelRoutes { ModelRoutes(of: model, in: context, provisioned: provisioned) }
}
