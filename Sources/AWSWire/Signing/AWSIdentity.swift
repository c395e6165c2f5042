/// As whom a call is made.
package enum AWSIdentity: Sendable {
  case credentials(Credentials)
  /// A Bedrock API key.
  case apiKey(String)

  /// What must appear in no message.
  package var secrets: [String] {
    switch self {
    case .credentials(let credentials): [credentials.sessionToken, credentials.secretAccessKey].compactMap { $0 }
    case .apiKey(let key): [key]
    }
  }
}
