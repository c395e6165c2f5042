public import AWSWire

/// A source of AWS credentials.
public protocol CredentialProvider: Sendable {
  /// The credentials; nil if this source has none, so that the next one is asked.
  /// - Throws: ``AWSClientError`` (`credentials`) if the source has credentials that can't be used. The search ends then, because
  ///   the keys of another source would make calls under another identity.
  func credentials() async throws -> Credentials?
}
