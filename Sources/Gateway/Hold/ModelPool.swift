package import Bedquota

/// What the requests have in common that count against the same quotas: a client with its queue, and how long replies take.
package final class ModelPool: Sendable {
  package let client: QuotaAwareClient
  package let times = ServiceTimes()

  init(_ client: QuotaAwareClient) { self.client = client }
}
