package import AWSWire

/// The sessions with one of several accounts: one that reads, and those as which requests are signed.
package final class AccountSession: Sendable {
  /// The session of a role that reads quotas has this name in CloudTrail, unless all requests share one name.
  package static let readerName = "bedquota"

  package let settings: AccountSettings
  /// Reads the account, in its default Region.
  package let reader: BedquotaSession
  private let callers: RoleSessions?

  /// - Parameters:
  ///   - own: with the program's own credentials, which assume the account's role.
  ///   - region: the default Region; nil: the first of the account's, or else that of `own`.
  /// - Throws: `AWSClientError` (`region`) for text that can't be a Region's name.
  package init(_ settings: AccountSettings, own: BedquotaSession, region: String? = nil) throws {
    self.settings = settings
    let region = region ?? settings.regions.first ?? own.region
    let home = try region == own.region ? own : own.with(region: region)
    guard var role = settings.role else {
      (reader, callers) = (home, nil)
      return
    }
    let isPerCaller = settings.sessionName?.isPerCaller ?? false
    role.sessionName = isPerCaller ? Self.readerName : settings.sessionName?.template ?? Self.readerName
    reader = home.assuming(role)
    callers = settings.sessionName.flatMap { isPerCaller ? RoleSessions(home, role: role, name: $0) : nil }
  }

  /// The session that signs the requests of a caller.
  package func session(of caller: String) -> BedquotaSession { callers?.session(of: caller) ?? reader }

  /// Whether each caller has credentials of its own.
  package var isPerCaller: Bool { callers != nil }
}

extension BedquotaSession {
  /// The same Region as a role that this session's credentials assume, over the same connections. STS is asked when the first call
  /// needs it; a refusal is an error of that call.
  package func assuming(_ role: AssumeRoleInput) -> BedquotaSession {
    let configuration = client.configuration(assuming: role)
    return BedquotaSession(
      client: client.with(identityOf: configuration), inference: inference.with(identityOf: configuration), background: background
    )
  }
}
