/// A permission that an IAM policy allows: the one table of those that are needed here. Error messages, the help of commands and
/// policies name what stands in it.
///
/// Source of names and resources: docs.aws.amazon.com/service-authorization/latest/reference/, the pages of Service Quotas, Amazon
/// Bedrock, Amazon Bedrock Powered by AWS Mantle, Amazon CloudWatch and AWS STS, read 2026-11-29.
package struct IAMAction: Sendable, Hashable {
  /// The resources that a policy can narrow the action to.
  package enum Resources: Sendable, Hashable, CaseIterable {
    /// AWS can't narrow the action.
    case all
    /// Quotas of Bedrock.
    case quotas
    /// Models, and everything by which they are invoked.
    case models
    case inferenceProfiles
    case guardrails
    /// The project of bedrock-mantle that requests without a project belong to.
    case mantleProject
    /// Alarms whose names begin as ours do.
    case alarms
  }

  /// `servicequotas:ListServiceQuotas`.
  package let name: String
  package let resources: Resources
  /// The operations that need the action, if they are named differently.
  let operations: [String]

  private init(_ name: String, _ resources: Resources = .all, operations: [String] = []) {
    (self.name, self.resources, self.operations) = (name, resources, operations)
  }

  package static let listQuotas = IAMAction("servicequotas:ListServiceQuotas")
  package static let listDefaultQuotas = IAMAction("servicequotas:ListAWSDefaultServiceQuotas")
  package static let getQuota = IAMAction("servicequotas:GetServiceQuota")
  package static let listIncreases = IAMAction("servicequotas:ListRequestedServiceQuotaChangeHistory")
  package static let listIncreasesOfQuota = IAMAction("servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota")
  package static let requestIncrease = IAMAction("servicequotas:RequestServiceQuotaIncrease", .quotas)

  package static let listModels = IAMAction("bedrock:ListFoundationModels")
  package static let getAvailability = IAMAction("bedrock:GetFoundationModelAvailability")
  package static let listProfiles = IAMAction("bedrock:ListInferenceProfiles")
  package static let getProfile = IAMAction("bedrock:GetInferenceProfile", .inferenceProfiles)
  package static let listProvisioned = IAMAction("bedrock:ListProvisionedModelThroughputs")
  package static let invoke = IAMAction(
    "bedrock:InvokeModel", .models,
    operations: ["Converse"] + BedrockRuntimeAPI.Compatible.allCases.map { $0.operation(streamed: false) })
  package static let invokeStream = IAMAction(
    "bedrock:InvokeModelWithResponseStream", .models,
    operations: ["ConverseStream"] + BedrockRuntimeAPI.Compatible.allCases.map { $0.operation(streamed: true) })
  package static let createInference = IAMAction(
    "bedrock-mantle:CreateInference", .mantleProject,
    operations: BedrockRuntimeAPI.Compatible.allCases.flatMap { [$0.operation(streamed: false), $0.operation(streamed: true)] })
  package static let countTokens = IAMAction("bedrock:CountTokens", .models)

  package static let applyGuardrail = IAMAction("bedrock:ApplyGuardrail", .guardrails)

  package static let listMetrics = IAMAction("cloudwatch:ListMetrics")
  package static let getMetricData = IAMAction("cloudwatch:GetMetricData")
  /// AWS can narrow it, but then not list alarms by their prefix.
  package static let describeAlarms = IAMAction("cloudwatch:DescribeAlarms")
  package static let putAlarm = IAMAction("cloudwatch:PutMetricAlarm", .alarms)
  package static let deleteAlarms = IAMAction("cloudwatch:DeleteAlarms", .alarms)

  /// Every identity may call it, so no policy has to allow it.
  package static let getCallerIdentity = IAMAction("sts:GetCallerIdentity")

  package static let all = [
    listQuotas, listDefaultQuotas, getQuota, listIncreases, listIncreasesOfQuota, requestIncrease, listModels, getAvailability,
    listProfiles, getProfile, listProvisioned, invoke, invokeStream, createInference, countTokens, applyGuardrail, listMetrics,
    getMetricData, describeAlarms, putAlarm, deleteAlarms, getCallerIdentity,
  ]

  /// The action that an operation needs: by the table, else named as the operation.
  package static func name(of operation: String, of service: AWSService) -> String {
    let name = "\(service.iamPrefix):\(operation)"
    let prefix = "\(service.iamPrefix):"
    return all.first { $0.name.hasPrefix(prefix) && $0.operations.contains(operation) }?.name ?? name
  }
}
