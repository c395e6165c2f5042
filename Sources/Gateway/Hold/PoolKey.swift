import Bedquota
import BedrockQuotas

/// What two names have in common whose requests count against the same quotas.
struct PoolKey: Sendable, Hashable {
  private let region: String
  private let family: String

  init(_ resolution: Resolution, region: String) { (self.region, family) = (region, resolution.family) }
}
