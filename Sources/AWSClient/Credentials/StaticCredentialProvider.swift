public import AWSWire

/// Provides fixed credentials.
public struct StaticCredentialProvider: CredentialProvider {
  private let value: Credentials

  /// A provider of these credentials.
  public init(_ credentials: Credentials) { value = credentials }

  /// The credentials that the provider was made with; never nil, never throws.
  public func credentials() async throws -> Credentials? { value }
}
