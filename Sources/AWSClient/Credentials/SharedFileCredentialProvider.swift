/// Static keys of a profile in the shared credentials file, then in the config file.
package struct SharedFileCredentialProvider: CredentialProvider {
  let profile: Profile

  package init(profile: Profile) { self.profile = profile }

  /// Settings that get keys in ways this version does not know, by the words AWS uses for them.
  private static let others = [
    ("sso_session", "IAM Identity Center"), ("sso_start_url", "IAM Identity Center"), ("role_arn", "an assumed role"),
    ("credential_process", "a credential process"), ("login_session", "a console login"),
    ("web_identity_token_file", "a web identity"),
  ]

  package func credentials() async throws -> Credentials? {
    for settings in [profile.credentials, profile.config] {
      let key = settings["aws_access_key_id"].nonEmpty
      let secret = settings["aws_secret_access_key"].nonEmpty
      if let key, let secret {
        return Credentials(
          accessKeyID: key, secretAccessKey: secret, sessionToken: settings["aws_session_token"].nonEmpty)
      }
      if key != nil || secret != nil {
        let missing = key == nil ? "aws_access_key_id" : "aws_secret_access_key"
        throw AWSClientError(.credentials, "Profile \"\(profile.name)\" has one half of an access key: \(missing) is missing.")
      }
    }
    for (setting, what) in Self.others where profile[setting] != nil {
      throw AWSClientError(
        .credentials,
        "Profile \"\(profile.name)\" gets its keys from \(what) (\(setting)), which this version can't do yet. Run: "
          + "eval \"$(aws configure export-credentials --profile \(profile.name) --format env)\" and try again without --profile."
      )
    }
    return nil
  }
}
