import AWSWire

/// A profile's access key, from the credentials file or the config file.
struct SharedFileCredentialProvider: CredentialProvider {
  let profile: Profile

  init(profile: Profile) { self.profile = profile }

  /// Settings for credentials that aren't supported, with AWS's names for them. If a profile has one, it is an error: an access
  /// key beside it may only be the means to get the real credentials, such as the source of a role.
  private static let beforeKeys = [
    ("role_arn", "an assumed role"), ("web_identity_token_file", "a web identity"), ("sso_session", "IAM Identity Center"),
    ("sso_start_url", "IAM Identity Center"),
  ]
  private static let afterKeys = [("login_session", "a console login"), ("credential_process", "a credential process")]

  /// In botocore's order: roles and sign-ins, the credentials file, processes, the config file.
  func credentials() async throws -> Credentials? {
    try refuse(Self.beforeKeys)
    if let found = try keys(profile.credentials) { return found }
    try refuse(Self.afterKeys)
    return try keys(profile.config)
  }

  private func keys(_ settings: ConfigFile.Settings) throws -> Credentials? {
    switch (settings["aws_access_key_id"].nonEmpty, settings["aws_secret_access_key"].nonEmpty) {
    case (nil, nil): return nil
    case (.some(let key), .some(let secret)):
      let token = settings["aws_session_token"].nonEmpty ?? settings["aws_security_token"].nonEmpty
      return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token)
    case (let key, _):
      let missing = key == nil ? "aws_access_key_id" : "aws_secret_access_key"
      throw AWSClientError(.credentials, "Profile \"\(profile.name)\" has half of an access key: \(missing) is missing.")
    }
  }

  private func refuse(_ settings: [(name: String, what: String)]) throws {
    guard let (name, what) = settings.first(where: { profile[$0.name] != nil }) else { return }
    throw AWSClientError(
      .credentials,
      "Profile \"\(profile.name)\" gets its keys from \(what) (\(name)), which isn't supported yet; export them with "
        + "`aws configure export-credentials`.",
      remedy: .exportCredentials(profile: profile.name))
  }
}
