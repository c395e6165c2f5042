/// What a fleet shares: the quotas of a model family in an account and Region.
package struct FleetScope: Sendable, Hashable {
  /// The parts with slashes between them, such as `123456789012/us-east-1/claude-sonnet-4-5`.
  package var name: String

  package init(_ name: String) {
    self.name = name
  }

  private static let budgets = "budget"

  /// What gateways share of a key's budget for a day of UTC.
  /// - Parameter day: days since 1970.
  package static func budget(of key: String, day: Int64) -> FleetScope {
    FleetScope(account: budgets, region: "\(day)", family: key)
  }

  package var isBudget: Bool { name.hasPrefix(Self.budgets + "/") }

  package init(account: String, region: String, family: String) {
    // A slash inside a part must not make it another scope.
    name = [account, region, family].map { FleetName.encode($0, keeping: "") }.joined(separator: "/")
  }
}
