import AWSWire
import Foundation
import HTTPTypes

/// Keys of a role from IAM Identity Center, for which the user has signed in with `aws sso login`.
struct SSOCredentialProvider: CredentialProvider, Redacted {
  let profile: Profile
  let shared: SharedConfig
  let environment: [String: String]
  let endpoints: Endpoints
  var attempts: CredentialAttempts
  var store = TokenStore()
  var now: @Sendable () -> Date = { Date() }

  /// The provider of a profile; nil unless it signs in with IAM Identity Center.
  /// - Parameter endpoints: without an endpoint for one command, which is meant for the services that the command calls.
  static func configured(
    profile: Profile, shared: SharedConfig, environment: [String: String], endpoints: Endpoints, attempts: CredentialAttempts
  ) -> SSOCredentialProvider? {
    guard SSOSettings.isConfigured(profile) else { return nil }
    return SSOCredentialProvider(
      profile: profile, shared: shared, environment: environment, endpoints: endpoints, attempts: attempts)
  }

  /// - Throws: ``AWSClientError``: `configuration` for incomplete settings; `credentials` if the user must sign in, or the role is
  ///   refused; `transport` or `timeout` if AWS can't be reached.
  func credentials() async throws -> Credentials? {
    let settings = try SSOSettings(profile, shared: shared)
    let token = try await token(settings)
    let reply = try await attempts.service("IAM Identity Center", Self.request(settings, token: token, endpoints: endpoints))
    return try keys(in: reply, settings)
  }

  static func request(_ settings: SSOSettings, token: SSOToken, endpoints: Endpoints) -> AWSHTTPRequest {
    let query = [("role_name", settings.roleName), ("account_id", settings.accountID)]
    return .unsigned(
      "/federation/credentials?\(query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&"))",
      at: endpoints.endpoint(for: .sso, region: settings.region),
      headers: [("x-amz-sso_bearer_token", token.accessToken), ("Accept", "application/json")])
  }

  func keys(in reply: CredentialReply, _ settings: SSOSettings) throws -> Credentials {
    guard reply.status != 401 else { throw signIn("was refused (\(reply.outcome))") }
    let role = "role \"\(settings.roleName)\" in account \(settings.accountID) to profile \"\(profile.name)\""
    guard !reply.isTransient else {
      throw reply.unavailable("IAM Identity Center didn't give \(role) (\(reply.outcome)); try again.")
    }
    guard reply.isSuccess else {
      throw AWSClientError(
        .credentials,
        "IAM Identity Center didn't give \(role) (\(reply.outcome)); check sso_role_name, sso_account_id and what the access portal assigns to you."
      )
    }
    let object = reply.object?["roleCredentials"]
    // Milliseconds since 1970.
    guard let end = object?["expiration"]?.double, end > 0, end < 1e15,
      let keys = CredentialReply.credentials(in: object, .service, expiration: Date(timeIntervalSince1970: end / 1_000))
    else {
      throw AWSClientError(
        .credentials, "IAM Identity Center's reply has no keys for \(role); is its endpoint really AWS's?")
    }
    return keys
  }

  // MARK: The token

  private func token(_ settings: SSOSettings) async throws -> SSOToken {
    let file = TokenFile.sso(settings.session ?? settings.startURL, environment: environment)
    guard let bytes = store.read(file) else { throw signIn(file.absence) }
    guard let token = SSOToken(file: bytes) else { throw signIn("can't be read from \(file.path)") }
    switch token.step(isRenewable: settings.session != nil, now: now()) {
    case .use: return token
    case .signIn: throw signIn("has ended")
    case .renew(let renewal): return try await renewed(token, with: renewal, file: file, bytes: bytes, settings)
    }
  }

  /// A new token in place of one that ends soon; that one if it can't be renewed but is still valid.
  private func renewed(
    _ token: SSOToken, with renewal: SSOToken.Renewal, file: TokenFile, bytes: [UInt8], _ settings: SSOSettings
  ) async throws -> SSOToken {
    let request = AWSHTTPRequest.unsigned(
      "/token", method: .post, at: endpoints.endpoint(for: .ssoOIDC, region: settings.region),
      headers: [("Content-Type", "application/json"), ("Accept", "application/json")], body: SSOToken.request(renewal))
    let failure: any Error
    do {
      let reply = try await attempts.service("IAM Identity Center", request)
      if reply.isSuccess,
        let fresh = SSOToken.renewed(file: bytes, reply: reply.object, settings: settings, now: now()),
        let renewed = SSOToken(file: fresh)
      {
        store.keep(fresh, in: file)
        return renewed
      }
      failure =
        reply.isTransient
        ? reply.unavailable(
          "IAM Identity Center didn't renew the session of profile \"\(profile.name)\" (\(reply.outcome)); try again.")
        : signIn("has ended and couldn't be renewed (\(reply.outcome))")
    } catch let error as AWSClientError {
      failure = error
    }
    // A refresh token works once, so another process may have been quicker.
    let current = store.read(file).flatMap(SSOToken.init) ?? token
    guard current.end > now() else { throw failure }
    return current
  }

  private func signIn(_ what: String) -> AWSClientError {
    AWSClientError(
      .credentials, "The IAM Identity Center session of profile \"\(profile.name)\" \(what); sign in again.",
      remedy: .signIn(.identityCenter, profile: profile.name))
  }
}
