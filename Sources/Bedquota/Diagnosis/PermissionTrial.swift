import AWSClient
import AWSWire
import Foundation

/// A call that shows whether an IAM action is allowed, and does nothing else.
enum PermissionTrial {
  case call(@Sendable (AWSClient) async throws -> Void)
  /// Why there is none.
  case none(String)

  /// Any quota's code will do: a quota that AWS doesn't know is another answer than a denial.
  private static let quotaCode = "L-254CACF4"
  /// Bedrock refuses it as invalid, so that it costs nothing.
  private static let emptyBody = Data("{}".utf8)

  /// How AWS refuses what it can't use.
  static let invalidCodes: Set<String> = ["ValidationException", "NoSuchResourceException", "ResourceNotFoundException"]

  /// Whether the call is made to be refused, or names something that may not be there.
  static func mayBeInvalid(_ action: IAMAction) -> Bool {
    [.invoke, .invokeStream, .countTokens, .getAvailability, .getProfile, .getQuota, .listIncreasesOfQuota].contains(action)
  }

  /// - Parameters:
  ///   - model: a model or inference profile that may be called with an empty request; nil: none.
  ///   - now: Unix seconds.
  static func of(_ action: IAMAction, model: String?, now: Int) -> PermissionTrial {
    switch action {
    case .getCallerIdentity: .call { _ = try await $0.call(STSAPI.getCallerIdentity()) }
    case .listQuotas:
      .call { _ = try await $0.call(ServiceQuotasAPI.listServiceQuotas(serviceCode: "bedrock", maxResults: 1, nextToken: nil)) }
    case .listDefaultQuotas:
      .call {
        _ = try await $0.call(ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "bedrock", maxResults: 1, nextToken: nil))
      }
    case .getQuota:
      .call { _ = try await $0.call(ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: quotaCode)) }
    case .listIncreases:
      .call {
        _ = try await $0.call(ServiceQuotasAPI.listRequestedServiceQuotaChangeHistory(serviceCode: "bedrock", nextToken: nil))
      }
    case .listIncreasesOfQuota:
      .call {
        _ = try await $0.call(
          ServiceQuotasAPI.listRequestedServiceQuotaChangeHistoryByQuota(
            serviceCode: "bedrock", quotaCode: quotaCode, nextToken: nil))
      }
    case .listModels: .call { _ = try await $0.call(BedrockAPI.listFoundationModels()) }
    case .listProfiles: .call { _ = try await $0.call(BedrockAPI.listInferenceProfiles(maxResults: 1, nextToken: nil)) }
    case .listProvisioned: .call { _ = try await $0.call(BedrockAPI.listProvisionedModelThroughputs(nextToken: nil)) }
    case .listMetrics: .call { _ = try await $0.call(CloudWatchAPI.listMetrics(namespace: "AWS/Bedrock", nextToken: nil)) }
    case .getMetricData: .call { _ = try await $0.call(metricData(now)) }
    case .describeAlarms: .call { _ = try await $0.call(CloudWatchAPI.describeAlarms(prefix: "bedquota", nextToken: nil)) }
    case .getAvailability: with(model) { try await $0.call(BedrockAPI.getFoundationModelAvailability($1)) }
    case .getProfile: with(model) { try await $0.call(BedrockAPI.getInferenceProfile($1)) }
    case .invoke: with(model) { try await $0.call(BedrockRuntimeAPI.converse($1, body: emptyBody)) }
    case .invokeStream: with(model) { try await $0.call(BedrockRuntimeAPI.converseStream($1, body: emptyBody)) }
    case .countTokens: with(model) { try await $0.call(BedrockRuntimeAPI.countTokens($1, body: emptyBody)) }
    case .requestIncrease, .putAlarm, .deleteAlarms: .none("it would change the account")
    default: .none("there is no call that does nothing")
    }
  }

  private static func with<Output>(
    _ model: String?, _ call: @escaping @Sendable (AWSClient, String) async throws -> Output
  ) -> PermissionTrial {
    guard let model else { return .none("it needs a model") }
    return .call { _ = try await call($0, model) }
  }

  /// One metric of the last minutes, which AWS charges 0.00001 US dollars.
  private static func metricData(_ now: Int) throws -> AWSOperation<MetricDataPage> {
    let query = MetricDataQuery(
      id: "m0", metric: Metric(namespace: "AWS/Bedrock", name: "Invocations", dimensions: []), period: 60, statistic: "Sum")
    let end = now / 60 * 60
    return try CloudWatchAPI.getMetricData([query], start: end - 300, end: end, nextToken: nil)
  }
}
