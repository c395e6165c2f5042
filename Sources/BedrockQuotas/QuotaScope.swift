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

/// What a quota counts.
public enum QuotaMeasure: String, Sendable, Codable, CaseIterable {
  /// Requests per minute.
  case rpm
  /// Tokens per minute, input and output together.
  case tpm
  /// Input tokens per minute (bedrock-mantle).
  case inputTPM = "input-tpm"
  /// Output tokens per minute (bedrock-mantle).
  case outputTPM = "output-tpm"
  /// Tokens per day.
  case tpd
  /// Requests under way at once.
  case concurrent
  /// Model units of provisioned throughput.
  case modelUnits = "model-units"
  /// Calls of a control-plane or agent operation, per second or minute.
  case rate
  /// How many there may be of something.
  case count
  /// How large something may be, or how long.
  case size
  case other
}

/// Which of the two inference endpoints a quota belongs to.
public enum QuotaEndpoint: String, Sendable, Codable {
  case runtime
  case mantle
}

/// A form of invocation that has quotas apart from the model's ordinary ones.
public enum QuotaVariant: String, Sendable, Codable {
  /// Requests that use the 1-million-token context window.
  case context1M = "1m-context"
  /// `performanceConfig.latency = optimized`.
  case latencyOptimized = "latency-optimized"
  /// The bedrock-mantle endpoint.
  case mantle
}
