/// Through which door the requests come that a quota counts.
public enum QuotaScope: String, Sendable, Codable, CaseIterable {
  /// The bare model id.
  case onDemand = "on-demand"
  /// A geographic inference profile: `us.`, `eu.`, `apac.`, ….
  case crossRegion = "cross-region"
  /// A `global.` inference profile.
  case global
  /// On-demand deployments of customised models, summed over the account for each base model.
  case customDeployment = "custom-deployment"
  /// `performanceConfig.latency = optimized`.
  case latencyOptimized = "latency-optimized"
  case provisioned
  case batch
  /// The bedrock-mantle endpoint, which has quotas of its own.
  case mantle
  /// Everything that is not about invoking one model.
  case other
}
