import AdmissionControl
import BedrockQuotas

/// The capacity that an account has bought of the service tier `reserved` for a model. No API tells it, so the caller does.
///
/// AWS counts input with cache writes, and output, each in tokens per minute. What doesn't fit overflows to the default tier, and so to
/// the quotas.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
public struct ReservedCapacity: Sendable, Equatable {
  public var inputTokensPerMinute: Int64
  public var outputTokensPerMinute: Int64

  public init(inputTokensPerMinute: Int64, outputTokensPerMinute: Int64) {
    self.inputTokensPerMinute = inputTokensPerMinute
    self.outputTokensPerMinute = outputTokensPerMinute
  }
}

/// The limiter of requests that reserved capacity serves, and that draw on none of the quotas.
///
/// If the capacity is stated, it limits input and output. If it isn't, it limits only how many requests go without a place among the
/// quotas at a time, by ``ReservedTrust``.
struct ReservedTier: Sendable {
  /// The service tier, as requests and replies name it.
  static let name = "reserved"

  let limiter: Limiter
  let isStated: Bool

  init(_ options: QuotaAwareClient.Options) {
    isStated = options.reservedCapacity != nil
    let limits =
      options.reservedCapacity.map {
        [Limit(.inputTokensPerMinute, $0.inputTokensPerMinute), Limit(.outputTokensPerMinute, $0.outputTokensPerMinute)]
      } ?? [Limit(.concurrency, ReservedTrust.first)]
    let configuration = LimiterConfiguration(limits: limits, profile: options.profile)
    limiter = options.timeScale == 1 ? Limiter(configuration) : Limiter(configuration, timeScale: options.timeScale)
  }

  /// What a request reserves here.
  /// - Parameters:
  ///   - cost: what it reserves of the quotas.
  ///   - maxTokens: the most output tokens that it allows.
  func cost(of cost: Cost, maxTokens: Int64) -> Cost {
    Cost(
      reserved: Amounts(inputTokens: max(0, cost.reserved.tokens - maxTokens), outputTokens: maxTokens),
      known: Amounts(inputTokens: cost.known.tokens), key: cost.key)
  }
}
