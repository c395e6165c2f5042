package import BedrockQuotas

/// An id as a caller names it, where it names it.
package struct PoolName: Sendable, Hashable {
  package let region: String
  /// nil: the endpoint that has the model.
  package let endpoint: QuotaEndpoint?
  package let id: String

  package init(region: String, endpoint: QuotaEndpoint?, id: String) {
    self.region = region
    self.endpoint = endpoint
    self.id = id
  }

  /// The id tells nearly all names apart, and each request is looked up.
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
