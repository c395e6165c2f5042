import AWSWire
import Foundation

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
    let now: @Sendable () -> Date = { Date() }
    let sts = STSCaller(configuration: self, http: .network(network), now: now)
    var copy = self
    copy.trail = nil
    copy.credentials = RefreshingCredentials(
      AssumedRoleCredentialProvider(role: AssumeRoleInput(roleARN: roleARN), source: credentials, sts: sts), now: now)
    return copy
  }
}

/// The credentials of a role that is assumed with another provider's credentials.
private struct AssumedRoleCredentialProvider: CredentialProvider {
  let role: AssumeRoleInput
  let source: any CredentialProvider
  let sts: STSCaller

  func credentials() async throws -> Credentials? {
    guard let source = try await source.credentials() else { return nil }
    var input = role
    input.sessionName = RoleCredentialProvider.sessionName(at: sts.now())
    do {
      return try await sts.assumeRole(input, tokenCode: nil, as: source).credentials
    } catch var error as AWSClientError {
      error.message = "\(role.roleARN) can't be assumed. \(error.message)"
      throw error
    }
  }
}
