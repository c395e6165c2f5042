/// Who makes a call.
package enum AWSIdentity: Sendable {
  case credentials(Credentials)
  /// A Bedrock API key.
  case apiKey(String)

  /// Texts that must not appear in any message.
  package var secrets: [String] {
    switch self {
    case .credentials(let credentials): [credentials.sessionToken, credentials.secretAccessKey].compactMap { $0 }
    case .apiKey(let key): [key]
    }
  }
}
