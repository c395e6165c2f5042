import AWSWire

/// Credentials from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
/// `AWS_CREDENTIAL_EXPIRATION`.
struct EnvironmentCredentialProvider: CredentialProvider, Redacted {
  let environment: [String: String]

  init(environment: [String: String]) { self.environment = environment }

  /// nil without an access key id, even if there is a secret, as in botocore.
  func credentials() async throws -> Credentials? {
    guard let key = environment["AWS_ACCESS_KEY_ID"].nonEmpty else { return nil }
    guard let secret = environment["AWS_SECRET_ACCESS_KEY"].nonEmpty else {
      throw AWSClientError(.credentials, "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither.")
    }
    let expiration = try environment["AWS_CREDENTIAL_EXPIRATION"].nonEmpty.map { text in
      guard let date = AWSDate.parseISO8601(text) else {
        throw AWSClientError(
          .credentials, "AWS_CREDENTIAL_EXPIRATION is no time; write it like 2026-01-31T12:00:00Z, or unset it.")
      }
      return date
    }
    return Credentials(
      accessKeyID: key, secretAccessKey: secret,
      sessionToken: environment["AWS_SECURITY_TOKEN"].nonEmpty ?? environment["AWS_SESSION_TOKEN"].nonEmpty,
      expiration: expiration)
  }

  /// What is there without being enough; nil if nothing is.
  var leftover: String? {
    environment["AWS_ACCESS_KEY_ID"].nonEmpty == nil && environment["AWS_SECRET_ACCESS_KEY"].nonEmpty != nil
      ? "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID" : nil
  }
}
