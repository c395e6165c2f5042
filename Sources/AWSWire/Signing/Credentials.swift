public import Foundation

/// An AWS access key. Printing it shows only the last four characters of the key id.
public struct Credentials: Sendable, Equatable {
  /// The access key id, such as `AKIA…`; not a secret.
  public var accessKeyID: String
  /// The secret access key.
  public var secretAccessKey: String
  /// The session token of temporary credentials; nil for long-term ones.
  public var sessionToken: String?
  /// When they stop working; nil for long-term ones, and where the source doesn't say.
  public var expiration: Date?

  /// Credentials as AWS issues them; nothing is checked.
  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The last four characters of the key id.
  public var description: String { "Credentials(…\(accessKeyID.suffix(4)))" }
  /// The same as ``description``.
  public var debugDescription: String { description }
  /// The last four characters of the key id, so that `dump` and test failures don't print the secret.
  public var customMirror: Mirror { Mirror(self, children: [("accessKeyID", "…\(accessKeyID.suffix(4))")]) }
}
