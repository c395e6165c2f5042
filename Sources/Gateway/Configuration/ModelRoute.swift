/// Where a name of the configuration's `models` leads.
package struct ModelRoute: Sendable, Equatable {
  /// The id that is invoked.
  package var id: String
  /// The name of the account; nil: the first one that serves the Region.
  package var account: String?
  /// nil: the one that the request asks for.
  package var region: String?

  package init(id: String, account: String? = nil, region: String? = nil) {
    (self.id, self.account, self.region) = (id, account, region)
  }
}
