package import AWSWire

/// One of several AWS accounts that a program calls, as a configuration names it.
package struct AccountSettings: Sendable, Equatable {
  /// The name of the account that the program's own credentials belong to, if it is given none.
  package static let ownName = "own"

  /// In logs, metrics and status.
  package var name: String
  /// The role to assume, without a name of its session; nil: the program's own credentials.
  package var role: AssumeRoleInput?
  /// How the role's sessions are called; nil: there is one, of the name ``AccountSession/readerName``.
  package var sessionName: RoleSessionName?
  /// The Regions that calls may go to, the default first; empty: every Region, the program's own first.
  package var regions: [String]

  package init(
    name: String = Self.ownName, role: AssumeRoleInput? = nil, sessionName: RoleSessionName? = nil, regions: [String] = []
  ) {
    (self.name, self.role, self.sessionName, self.regions) = (name, role, sessionName, regions)
  }

  /// The 12 digits of the account, by the role's ARN; nil if the program's own credentials tell them.
  package var accountID: String? { role.flatMap { ARN($0.roleARN)?.account } }

  /// What both call, if they are one account of AWS as far as the settings tell: a Region in common.
  /// - Returns: nil if there is none; `every Region` if neither names any.
  package func regionShared(with other: AccountSettings) -> String? {
    guard accountID == other.accountID else { return nil }
    if regions.isEmpty { return other.regions.first ?? "every Region" }
    return other.regions.isEmpty ? regions.first : regions.first { other.regions.contains($0) }
  }
}
