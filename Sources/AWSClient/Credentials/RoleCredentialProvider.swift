import AWSWire
import Foundation
import Synchronization

/// The credentials of a role that a profile assumes: `role_arn` with `source_profile` or `credential_source`.
final class RoleCredentialProvider: CredentialProvider {
  private let profile: Profile
  private let sources: CredentialSources
  /// The profiles that led here, ending with this one.
  private let visited: [String]
  /// Whether the user has given an MFA code. It can't be used twice.
  private let hasAsked = Mutex(false)

  init(_ profile: Profile, sources: CredentialSources, visited: [String]) {
    self.profile = profile
    self.sources = sources
    self.visited = visited
  }

  func credentials() async throws -> Credentials? {
    let settings = try RoleSettings(profile, shared: sources.shared, visited: visited)
    let role = settings.role
    if let cached = sources.cache?.credentials(of: role, at: sources.sts.now()) { return cached }
    let source = try await source(of: settings)
    let code = try await mfaCode(of: role)
    var input = role
    input.sessionName = input.sessionName ?? Self.sessionName(at: sources.sts.now())
    do {
      let assumed = try await sources.sts.assumeRole(input, tokenCode: code, as: source)
      sources.cache?.keep(assumed, of: role)
      return assumed.credentials
    } catch var error as AWSClientError {
      error.message = "Profile \"\(profile.name)\" can't assume \(role.roleARN). \(error.message)"
      throw error
    }
  }

  /// A name for a session that has none.
  static func sessionName(at now: Date) -> String { "bedquota-\(Int(now.timeIntervalSince1970))" }

  private func source(of settings: RoleSettings) async throws -> Credentials {
    switch settings.source {
    case .profile(let name):
      let chain = sources.sourceChain(sources.shared.profile(named: name), visited: visited + [name])
      if let found = try await chain.credentials() { return found }
      throw AWSClientError(
        .credentials, "Profile \"\(profile.name)\" has source_profile = \(name), which has no credentials; give it some.")
    case .named(let source):
      if let found = try await sources.named(source, depth: visited.count).credentials() { return found }
      throw AWSClientError(
        .credentials,
        "Profile \"\(profile.name)\" has a credential_source without credentials: \(sources.place(of: source)).")
    }
  }

  private func mfaCode(of role: AssumeRoleInput) async throws -> String? {
    guard let serial = role.mfaSerial else { return nil }
    func refuse(_ what: String) -> AWSClientError {
      AWSClientError(
        .credentials, "Profile \"\(profile.name)\" needs a code of the MFA device \(serial), and \(what).",
        remedy: .beginSession(profile: profile.name))
    }
    guard let ask = sources.mfaCode else { throw refuse("there is no terminal to ask on") }
    let isFirst = hasAsked.withLock { asked in
      defer { asked = true }
      return !asked
    }
    // To ask again would stop a run that nobody watches. The session that is there serves until it ends.
    guard isFirst else { throw refuse("the session of the last code ends") }
    let code = try await ask(serial)
    guard !code.isEmpty else {
      throw AWSClientError(.credentials, "No code of the MFA device \(serial) was given.")
    }
    return code
  }
}
