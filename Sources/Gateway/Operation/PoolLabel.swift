package import BedrockQuotas
import Reports

/// A pool as metrics, status and logs name it: no other has all four.
package struct PoolLabel: SeriesKey {
  package var account: String
  package var region: String
  package var endpoint: QuotaEndpoint
  /// `other` for ids that nobody knows.
  package var id: String

  package init(account: String, region: String, endpoint: QuotaEndpoint, id: String) {
    (self.account, self.region, self.endpoint, self.id) = (account, region, endpoint, id)
  }

  /// Of ids that nobody knows it is `other`: what a stranger made up is no name for a series.
  init(_ resolution: Resolution, account: String, region: String) {
    self.init(
      account: account, region: region, endpoint: resolution.endpoint, id: resolution.isKnown ? resolution.id : LabelSet.other)
  }

  /// Accounts are few, and the gateway's own.
  package var folded: Self { Self(account: account, region: LabelSet.other, endpoint: endpoint, id: LabelSet.other) }
}
