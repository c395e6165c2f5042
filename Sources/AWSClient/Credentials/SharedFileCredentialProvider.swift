import AWSWire

/// A profile's access key in one of the shared files.
struct SharedFileCredentialProvider: CredentialProvider, Redacted {
  let profile: String
  /// The profile's settings in this file.
  let settings: ConfigFile.Settings
  let path: String

  /// nil without an access key id, even if there is a secret, as in botocore.
  func credentials() async throws -> Credentials? {
    guard let key = settings["aws_access_key_id"] else { return nil }
    guard !key.isEmpty, let secret = settings["aws_secret_access_key"].nonEmpty else {
      let missing = key.isEmpty ? "aws_access_key_id" : "aws_secret_access_key"
      throw AWSClientError(
        .credentials, "Profile \"\(profile)\" in \(path) has half of an access key: \(missing) is missing or empty.")
    }
    let token = settings["aws_security_token"] ?? settings["aws_session_token"]
    return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token.nonEmpty)
  }
}
