package import AWSWire
import Foundation
import Synchronization

extension AWSConfiguration {
  /// The same configuration as a role, assumed with the credentials that it has.
  /// - Parameter roleARN: `arn:aws:iam::123456789012:role/NAME`.
  /// - Throws: ``AWSClientError`` (`configuration`) if the text isn't a role's ARN. A refusal is an error of the first call.
  package func assuming(roleARN: String) throws -> AWSConfiguration {
    guard let arn = ARN(roleARN), arn.service == "iam", arn.resource.hasPrefix("role/") else {
      throw AWSClientError(
        .configuration, "\"\(roleARN)\" is not the ARN of a role; write it like arn:aws:iam::123456789012:role/NAME.",
        parameters: ["roleARN"])
    }
    return assuming(AssumeRoleInput(roleARN: roleARN), http: .network(network), now: { Date() })
  }

  func assuming(_ role: AssumeRoleInput, http: CredentialHTTP, now: @escaping @Sendable () -> Date) -> AWSConfiguration {
    let sts = STSCaller(configuration: self, http: http, now: now)
    var copy = self
    // A Bedrock API key is of the account that assumes the role, and would go before the role's credentials.
    (copy.trail, copy.bedrockAPIKey) = (nil, nil)
    copy.credentials = RefreshingCredentials(AssumedRoleCredentialProvider(role, source: credentials, sts: sts), now: now)
    return copy
  }
}

extension AWSClient {
  /// The configuration of a role that this client's credentials assume. STS is called over the connections of this client, so that
  /// many sessions of a role don't open many connections at a time.
  package func configuration(assuming role: AssumeRoleInput) -> AWSConfiguration {
    let http = CredentialHTTP { [transport] request, timeout in try await transport.send(request, timeout: timeout) }
    return configuration.assuming(role, http: http, now: now)
  }
}

/// The credentials of a role that is assumed with another provider's credentials.
private final class AssumedRoleCredentialProvider: CredentialProvider {
  /// After a refusal, STS isn't asked again for so many seconds: each request of a busy server would ask.
  private static let pause: TimeInterval = 5

  private let role: AssumeRoleInput
  private let source: any CredentialProvider
  private let sts: STSCaller
  private let refusal = Mutex<(error: AWSClientError, until: Date)?>(nil)

  init(_ role: AssumeRoleInput, source: any CredentialProvider, sts: STSCaller) {
    (self.role, self.source, self.sts) = (role, source, sts)
  }

  func credentials() async throws -> Credentials? {
    if let last = refusal.withLock({ $0 }), sts.now() < last.until { throw last.error }
    guard let source = try await source.credentials() else { return nil }
    var input = role
    input.sessionName = role.sessionName ?? RoleCredentialProvider.sessionName(at: sts.now())
    do {
      return try await sts.assumeRole(input, tokenCode: nil, as: source).credentials
    } catch var error as AWSClientError {
      error.message = "\(role.roleARN) can't be assumed. \(error.message)"
      // An error with an answer of STS's, such as a throttle, may pass, so STS may be asked again at once.
      if error.code == .credentials, error.service == nil { refusal.withLock { [error] in $0 = (error, sts.now() + Self.pause) } }
      throw error
    }
  }
}
