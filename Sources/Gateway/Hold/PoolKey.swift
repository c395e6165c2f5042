import BedrockQuotas

/// What two names have in common whose requests count against the same quotas.
struct PoolKey: Sendable, Hashable {
  private let region: String
  private let endpoint: QuotaEndpoint
  /// Codes of quotas, or else the model and how it is invoked, or else the id.
  private let quotas: [String]

  init(_ resolution: Resolution, region: String) {
    self.region = region
    endpoint = resolution.endpoint
    // All models count against the account's quota.
    let codes = resolution.quotas.map(\.quota).filter { $0.name.scope != .other }.map(\.code)
    if !codes.isEmpty {
      quotas = codes.sorted()
    } else if let model = resolution.modelID {
      quotas = [model.description, resolution.scope.rawValue]
    } else {
      quotas = [resolution.id]
    }
  }
}
