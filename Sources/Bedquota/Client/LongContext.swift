import AdmissionControl
import BedrockQuotas

/// The limits of requests with long prompts: Bedrock counts those above 200,000 tokens against quotas of their own, named
/// "… 1M Context Length", and not against the model's ordinary ones.
struct LongContext: Sendable {
  /// The most input tokens that count against the ordinary quotas.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas.html (the quotas' names);
  /// platform.claude.com/docs/en/build-with-claude/context-windows (requests above 200K tokens have limits of their own).
  static let ordinaryMax: Int64 = 200_000

  let limiter: Limiter
  let limits: [Limit]

  /// nil if the model has no quotas for long prompts.
  /// - Parameter ordinary: the model's ordinary limits, for measures that have no quota for long prompts.
  init?(_ resolution: Resolution, ordinary: [Limit], options: QuotaAwareClient.Options) {
    let own = QuotaLimits.limits(
      resolution.variants.filter { $0.variant == .context1M }.map(\.quota), for: resolution.scope
    ).map(options.sharing.part)
    guard !own.isEmpty else { return nil }
    limits = own + ordinary.filter { limit in !own.contains { $0.measure == limit.measure } }
    var configuration = LimiterConfiguration(limits: limits, profile: options.profile)
    options.sharing.apply(to: &configuration)
    FleetMembership.apply(options.fleet, to: &configuration, limits)
    limiter = options.timeScale == 1 ? Limiter(configuration) : Limiter(configuration, timeScale: options.timeScale)
  }
}
