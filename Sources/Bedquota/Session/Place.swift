/// An account in a Region, where several are read at once.
package struct Place: Sendable, Hashable {
  /// The user's name for the account; nil where only one account is read.
  package var account: String?
  /// Empty if the account's Region is not known.
  package var region: String

  package init(account: String?, region: String) {
    self.account = account
    self.region = region
  }

  /// `production us-east-1`
  package var words: String { [account, region.isEmpty ? nil : region].compactMap(\.self).joined(separator: " ") }
}
