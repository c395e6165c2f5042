/// As whom a call is made.
enum AWSIdentity: Sendable {
  case credentials(Credentials)
  /// A Bedrock API key.
  case apiKey(String)

  /// What must appear in no message.
  var secrets: [String] {
    switch self {
    case .credentials(let credentials): [credentials.sessionToken, credentials.secretAccessKey].compactMap { $0 }
    case .apiKey(let key): [key]
    }
  }
}
