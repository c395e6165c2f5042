import AWSWire

/// A policy document of IAM that allows actions and nothing else.
///
/// Source of the ARNs: docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html,
/// list_bedrock-mantle.html, list_servicequotas.html and list_amazoncloudwatch.html.
struct IAMPolicy: Encodable, Equatable {
  struct Statement: Encodable, Equatable {
    var sid: String
    var effect = "Allow"
    var actions: [String]
    var resources: [String]

    enum CodingKeys: String, CodingKey {
      case sid = "Sid"
      case effect = "Effect"
      case actions = "Action"
      case resources = "Resource"
    }
  }

  var version = "2012-10-17"
  var statements: [Statement]

  enum CodingKeys: String, CodingKey {
    case version = "Version"
    case statements = "Statement"
  }

  /// - Parameter region: the only Region of the account's own resources; nil: all Regions.
  init(_ actions: [IAMAction], region: String?) {
    let wanted = Set(actions).subtracting([.getCallerIdentity])
    statements = IAMAction.Resources.allCases.compactMap { resources in
      let names = wanted.filter { $0.resources == resources }.map(\.name).sorted()
      guard !names.isEmpty else { return nil }
      return Statement(sid: Self.sid(resources), actions: names, resources: Self.arns(resources, region: region))
    }
  }

  private static func sid(_ resources: IAMAction.Resources) -> String {
    switch resources {
    case .all: "BedquotaReads"
    case .quotas: "BedquotaRequestsIncreases"
    case .models: "BedquotaInvokesModels"
    case .inferenceProfiles: "BedquotaReadsProfiles"
    case .guardrails: "BedquotaAppliesGuardrails"
    case .mantleProject: "BedquotaInvokesOnMantle"
    case .alarms: "BedquotaChangesAlarms"
    }
  }

  private static func arns(_ resources: IAMAction.Resources, region: String?) -> [String] {
    let partition = Partition.of(region: region ?? "us-east-1").id
    func arn(_ service: String, _ resource: String, account: String = "*", region: String? = region) -> String {
      ARN(partition: partition, service: service, region: region ?? "*", account: account, resource: resource).description
    }
    switch resources {
    case .all: return ["*"]
    case .quotas: return [arn("servicequotas", "bedrock/*")]
    case .inferenceProfiles: return ["inference-profile/*", "application-inference-profile/*"].map { arn("bedrock", $0) }
    case .guardrails: return [arn("bedrock", "guardrail/*")]
    case .mantleProject: return [arn("bedrock-mantle", "project/default")]
    case .models:
      // A profile invokes the model in every Region that it leads to.
      return [arn("bedrock", "foundation-model/*", account: "", region: "*")]
        + [
          "inference-profile/*", "application-inference-profile/*", "custom-model-deployment/*", "imported-model/*",
          "provisioned-model/*",
        ].map { arn("bedrock", $0) }
    case .alarms: return [arn("cloudwatch", "alarm:bedquota/*")]
    }
  }
}
