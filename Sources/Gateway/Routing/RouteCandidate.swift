/// A place to which a name of `models` may lead: an id in a Region of an account.
struct RouteCandidate: Sendable {
  var account: GatewayAccount
  var region: String
  var id: String

  /// `ID@REGION/ACCOUNT`, for metrics, logs and status; no other candidate of a name has the same.
  var label: String { "\(id)@\(region)/\(account.name)" }

  /// The same for callers: account numbers are nothing for them.
  var publicLabel: String { account.name.allSatisfy(\.isNumber) ? "\(id)@\(region)" : label }
}

extension RouteCandidate: Equatable {
  static func == (one: Self, other: Self) -> Bool {
    one.account === other.account && one.region == other.region && one.id == other.id
  }
}
