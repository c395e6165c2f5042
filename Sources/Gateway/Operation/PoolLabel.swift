package import BedrockQuotas

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

  /// Accounts are few, and the gateway's own.
  var folded: Self { Self(account: account, region: LabelSet.other, endpoint: endpoint, id: LabelSet.other) }
}
