/// A place to which a name of `models` may lead: an id in a Region of an account.
struct RouteCandidate: Sendable {
  var account: GatewayAccount
  var region: String
  var id: String

  /// `ID@REGION/ACCOUNT`, for metrics, logs and status; no other candidate of a name has the same.
  var label: String { "\(id)@\(region)/\(account.name)" }

  /// The same for callers: account numbers are nothing for them, neither as names nor in ARNs.
  var publicLabel: String {
    let place = account.name.allSatisfy(\.isNumber) ? region : "\(region)/\(account.name)"
    return "\(publicID)@\(place)"
  }

  /// Of an ARN, which names its account, what follows the last `/`.
  private var publicID: Substring {
    guard id.hasPrefix("arn:"), let slash = id.lastIndex(of: "/") else { return id[...] }
    return id[id.index(after: slash)...]
  }
}

extension RouteCandidate: Equatable {
  static func == (one: Self, other: Self) -> Bool {
    one.account === other.account && one.region == other.region && one.id == other.id
  }
}
