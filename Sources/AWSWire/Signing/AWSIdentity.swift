/// Who makes a call.
package enum AWSIdentity: Sendable {
  case credentials(Credentials)
  /// A Bedrock API key.
  case apiKey(String)
  /// A token that is a parameter of the call itself, which isn't signed.
  case token(String)

  /// Texts that must not appear in any message.
  package var secrets: [String] {
    switch self {
    case .credentials(let credentials): [credentials.sessionToken, credentials.secretAccessKey].compactMap { $0 }
    case .apiKey(let secret), .token(let secret): [secret]
    }
  }
}

extension AWSIdentity: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The kind, and of credentials the last four characters of the key id.
  package var description: String {
    switch self {
    case .credentials(let credentials): "\(credentials)"
    case .apiKey: "AWSIdentity.apiKey(…)"
    case .token: "AWSIdentity.token(…)"
    }
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
