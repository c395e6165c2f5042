import AWSWire

/// Credentials from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
struct EnvironmentCredentialProvider: CredentialProvider {
  let environment: [String: String]

  init(environment: [String: String]) { self.environment = environment }

  func credentials() async throws -> Credentials? {
    let key = environment["AWS_ACCESS_KEY_ID"].nonEmpty
    let secret = environment["AWS_SECRET_ACCESS_KEY"].nonEmpty
    switch (key, secret) {
    case (nil, nil): return nil
    case (.some(let key), .some(let secret)):
      return Credentials(
        accessKeyID: key, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"].nonEmpty)
    case (_, nil):
      throw AWSClientError(.credentials, "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither.")
    case (nil, _):
      throw AWSClientError(.credentials, "AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not; set both or neither.")
    }
  }
}
