import AWSWire
import Foundation
import HTTPTypes

/// Keys of an EC2 instance's role, from the instance metadata service (IMDSv2, and IMDSv1 where that has no tokens).
struct InstanceMetadataCredentialProvider: CredentialProvider, Redacted {
  private static let tokenHeader = "x-aws-ec2-metadata-token"
  private static let rolePath = "/latest/meta-data/iam/security-credentials/"
  /// In seconds; the longest that the service allows.
  private static let tokenLife = "21600"

  let profile: Profile
  let environment: [String: String]
  var attempts: CredentialAttempts
  var now: @Sendable () -> Date = { Date() }

  /// The provider of a machine; nil if the environment forbids to ask. It takes up to two seconds where there is no such service,
  /// so it is the last to be asked.
  static func configured(
    profile: Profile, environment: [String: String], http: CredentialHTTP = .direct
  ) -> InstanceMetadataCredentialProvider? {
    guard !InstanceMetadataSettings.isDisabled(environment) else { return nil }
    return InstanceMetadataCredentialProvider(
      profile: profile, environment: environment, attempts: CredentialAttempts(http: http))
  }

  /// - Returns: nil if there is no such service, or it has no role.
  /// - Throws: ``AWSClientError``: `configuration` for a setting that can't be used; `credentials` if there is a role without keys,
  ///   or a token is required and there is none.
  func credentials() async throws -> Credentials? {
    let settings = try InstanceMetadataSettings(profile: profile, environment: environment)
    let token: String?
    switch try await self.token(settings) {
    case .given(let value): token = value
    case .none: token = nil
    case .refused: return nil
    }
    guard token != nil || settings.allowsVersion1 else {
      throw AWSClientError(
        .credentials,
        "The instance metadata service (\(settings.endpoint.authority)) gives no token, and asking without one is disabled; allow version 1 (ec2_metadata_v1_disabled), or disable the service here (AWS_EC2_METADATA_DISABLED)."
      )
    }
    guard let role = try await role(token, settings) else { return nil }
    return try await keys(of: role, token, settings)
  }

  private enum Token {
    case given(String)
    /// There are no tokens: version 1 may answer.
    case none
    /// The service is none that we know.
    case refused
  }

  private func token(_ settings: InstanceMetadataSettings) async throws -> Token {
    let request = AWSHTTPRequest.unsigned(
      "/latest/api/token", method: .put, at: settings.endpoint, headers: [("\(Self.tokenHeader)-ttl-seconds", Self.tokenLife)])
    // Where the service is more hops away than it allows, it takes the request and its reply never arrives.
    guard
      let response = try await reply(to: request, settings, isFinal: { [200, 400, 403, 404, 405].contains($0.head.status.code) })
    else { return .none }
    switch response.head.status.code {
    case 200:
      let text = Self.text(response)
      return CredentialReply.isHeaderValue(text) ? .given(text) : .none
    case 400: return .refused
    default: return .none
    }
  }

  private func role(_ token: String?, _ settings: InstanceMetadataSettings) async throws -> String? {
    let request = request(Self.rolePath, token, settings)
    guard let response = try await reply(to: request, settings, isFinal: { $0.head.status == .ok && !$0.body.isEmpty }),
      response.head.status == .ok
    else { return nil }
    let name = Self.text(response)
    // Something else than the service may answer at this address, such as the sign-in page of a network.
    return (1...128).contains(name.utf8.count) && CredentialReply.isHeaderValue(name) ? name : nil
  }

  private func keys(of role: String, _ token: String?, _ settings: InstanceMetadataSettings) async throws -> Credentials {
    let request = request(Self.rolePath + PercentEncoding.encode(role), token, settings)
    let response = try await reply(
      to: request, settings, isFinal: { $0.head.status == .ok && (try? JSONValue($0.body)) != nil })
    let reply = response.map(CredentialReply.init)
    guard let reply, reply.status == 200, let end = reply.object?["Expiration"]?.string.flatMap(AWSDate.parseISO8601),
      let keys = CredentialReply.credentials(
        in: reply.object, .local,
        expiration: InstanceMetadataExpiry.extended(end, now: now(), jitter: attempts.jitter()))
    else {
      throw AWSClientError(
        .credentials,
        "The instance metadata service names the role \"\(role)\" but gives no keys for it (\(reply?.outcome ?? "no reply")); check the role's trust in ec2.amazonaws.com, and try again."
      )
    }
    return keys
  }

  private func request(_ target: String, _ token: String?, _ settings: InstanceMetadataSettings) -> AWSHTTPRequest {
    .unsigned(target, at: settings.endpoint, headers: token.map { [(Self.tokenHeader, $0)] } ?? [])
  }

  /// The last reply; nil if none arrived.
  private func reply(
    to request: AWSHTTPRequest, _ settings: InstanceMetadataSettings, isFinal: (AWSHTTPResponse) -> Bool
  ) async throws -> AWSHTTPResponse? {
    do {
      return try await attempts.reply(
        to: request, timeout: settings.timeout, attempts: settings.attempts, isFinal: isFinal)
    } catch is AWSClientError {
      return nil
    }
  }

  private static func text(_ response: AWSHTTPResponse) -> String {
    String(decoding: response.body.prefix(4_096), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
