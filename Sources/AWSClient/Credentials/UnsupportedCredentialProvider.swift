import AWSWire

/// Refuses a kind of credentials that a profile asks for and that isn't supported. To look further would make calls under
/// another identity.
struct UnsupportedCredentialProvider: CredentialProvider {
  let profile: String
  /// The setting, and what it stands for.
  let setting: String
  let what: String

  func credentials() async throws -> Credentials? {
    throw AWSClientError(
      .credentials,
      "Profile \"\(profile)\" gets its keys from \(what) (\(setting)), which isn't supported yet; export them with "
        + "`aws configure export-credentials`.",
      remedy: .exportCredentials(profile: profile))
  }
}
