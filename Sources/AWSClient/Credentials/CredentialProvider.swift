public import AWSWire

/// One place where credentials can come from.
public protocol CredentialProvider: Sendable {
  /// The credentials; nil where this place holds none, so that the next one is asked.
  /// - Throws: ``AWSClientError`` where the place holds something that can't be used. The search ends there: falling
  ///   through to other keys would call AWS as somebody the user did not mean.
  func credentials() async throws -> Credentials?
}
