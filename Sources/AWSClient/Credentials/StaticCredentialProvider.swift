public import AWSWire

/// Credentials given in code.
public struct StaticCredentialProvider: CredentialProvider {
  private let value: Credentials

  public init(_ credentials: Credentials) { value = credentials }

  public func credentials() async throws -> Credentials? { value }
}
