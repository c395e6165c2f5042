/// The kinds of sources of credentials, in the words of botocore, which `aws configure list` prints as well.
package enum CredentialSource: String, Sendable, CaseIterable {
  case environment = "env"
  case assumeRole = "assume-role"
  case webIdentity = "assume-role-with-web-identity"
  case sso
  case credentialsFile = "shared-credentials-file"
  case login
  case process = "custom-process"
  case configFile = "config-file"
  case container = "container-role"
  case instanceMetadata = "iam-role"
}
