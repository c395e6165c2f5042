import AWSWire
import Foundation
import HTTPTypes

/// Keys of a sign-in with `aws login`, which uses the browser's session in the AWS console.
struct LoginCredentialProvider: CredentialProvider, Redacted {
  let profileName: String
  /// The name of the session, from the profile.
  let session: String
  let environment: [String: String]
  let endpoints: Endpoints
  /// The configured Region, for files that name none; empty if there is none.
  let region: String
  var attempts: CredentialAttempts
  var store = TokenStore()
  var now: @Sendable () -> Date = { Date() }

  /// The provider of a profile; nil unless it has a `login_session`.
  /// - Parameter endpoints: without an endpoint for one command, which is meant for the services that the command calls.
  static func configured(
    profile: Profile, environment: [String: String], endpoints: Endpoints, region: String, attempts: CredentialAttempts
  ) -> LoginCredentialProvider? {
    guard let session = profile["login_session"] else { return nil }
    return LoginCredentialProvider(
      profileName: profile.name, session: session, environment: environment, endpoints: endpoints, region: region,
      attempts: attempts)
  }

  /// - Throws: ``AWSClientError``: `credentials` if the user must sign in; `transport` or `timeout` if AWS can't be reached.
  func credentials() async throws -> Credentials? {
    let file = TokenFile.login(session, environment: environment)
    guard let bytes = store.read(file) else { throw signIn(file.absence) }
    let token: LoginToken
    do { token = try LoginToken(file: bytes) } catch { throw signIn("can't be read: \(file.path) \(error.text)") }
    if token.isFresh(now: now()) { return token.credentials }
    return try await renewed(token, file: file, bytes: bytes)
  }

  private func renewed(_ token: LoginToken, file: TokenFile, bytes: [UInt8]) async throws -> Credentials {
    let failure: AWSClientError
    do {
      let reply = try await attempts.service("AWS Sign-In", request(token))
      if reply.isSuccess {
        guard let fresh = LoginToken.renewed(file: bytes, reply: reply.object, now: now()),
          let renewed = try? LoginToken(file: fresh)
        else {
          throw AWSClientError(.credentials, "AWS Sign-In's reply has no keys; is its endpoint really AWS's?")
        }
        store.keep(fresh, in: file)
        return renewed.credentials
      }
      failure = refusal(reply)
    } catch let error as AWSClientError {
      failure = error
    }
    // A refresh token works once, so another process may have been quicker.
    if let current = store.read(file).flatMap({ try? LoginToken(file: $0) }), current.isFresh(now: now()) {
      return current.credentials
    }
    // A refusal is final, but while AWS is away, the keys serve as long as they are valid.
    guard failure.code != .credentials || failure.service != nil, token.end > now() else { throw failure }
    return token.credentials
  }

  private func request(_ token: LoginToken) throws -> AWSHTTPRequest {
    let endpoint = try endpoint(token)
    guard let proof = DPoPProof(pem: token.key) else { throw signIn("has no usable private key") }
    let url = "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)/v1/token"
    guard let header = proof.header(url: url, now: now(), id: UUID().uuidString.lowercased()) else {
      throw signIn("has a private key that doesn't sign")
    }
    return .unsigned(
      "/v1/token", method: .post, at: endpoint,
      headers: [("Content-Type", "application/json"), ("Accept", "application/json"), ("DPoP", header)], body: token.request)
  }

  private func endpoint(_ token: LoginToken) throws -> Endpoint {
    if let configured = endpoints.configured(for: .signIn) { return configured }
    guard let region = token.region ?? Optional(region).nonEmpty else {
      throw AWSClientError(
        .region, "The session of profile \"\(profileName)\" names no Region to renew it in; set AWS_REGION.",
        parameters: ["region"])
    }
    guard region.isHostLabel else {
      throw signIn("names a Region that isn't one")
    }
    return Endpoint(scheme: "https", authority: "\(region).signin.\(Self.domain(of: Partition.of(region: region)))", basePath: "")
  }

  /// The domain of AWS Sign-In in a partition. Source: botocore 1.44.8, `signin`, `endpoint-rule-set-1.json`.
  private static func domain(of partition: Partition) -> String {
    switch partition.id {
    case "aws": "aws.amazon.com"
    case "aws-cn": "amazonaws.cn"
    case "aws-us-gov": "amazonaws-us-gov.com"
    case "aws-iso": "c2shome.ic.gov"
    case "aws-iso-b": "sc2shome.sgov.gov"
    case "aws-iso-e": "csphome.adc-e.uk"
    case "aws-iso-f": "csphome.hci.ic.gov"
    case "aws-eusc": "amazonaws-eusc.eu"
    default: partition.dnsSuffix
    }
  }

  private func refusal(_ reply: CredentialReply) -> AWSClientError {
    switch reply.object?["error"]?.string {
    case "TOKEN_EXPIRED": signIn("has ended")
    case "USER_CREDENTIALS_CHANGED": signIn("is void because the password has changed")
    case "INSUFFICIENT_PERMISSIONS":
      AWSClientError(
        .credentials,
        "AWS Sign-In didn't renew the keys of profile \"\(profileName)\": its user lacks the permission signin:CreateOAuth2Token."
      )
    default:
      reply.isTransient
        ? reply.unavailable("AWS Sign-In didn't renew the keys of profile \"\(profileName)\" (\(reply.outcome)); try again.")
        : signIn("couldn't be renewed (\(reply.outcome))")
    }
  }

  private func signIn(_ what: String) -> AWSClientError {
    AWSClientError(
      .credentials, "The sign-in of profile \"\(profileName)\" \(what); sign in again.",
      remedy: .signIn(.console, profile: profileName))
  }
}
