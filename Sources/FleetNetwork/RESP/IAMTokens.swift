import AWSClient
import AWSWire
import FleetStore

/// Makes the passwords of users who log in by IAM: URLs that are signed for the cache, without their scheme.
///
/// A token is valid for 15 minutes, and so is made anew for each login; a connection ends 12 hours after its last one. The host of the
/// signature is the cache's name, not its endpoint. Sources: docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html and
/// docs.aws.amazon.com/memorydb/latest/devguide/auth-iam.html, "Limitations" and "Connecting".
struct IAMTokens: Sendable {
  private static let secondsValid = 900

  private let cache: IAMCache
  private let client: AWSClient

  /// - Parameter client: its credentials and its Region sign.
  init(_ cache: IAMCache, client: AWSClient) { (self.cache, self.client) = (cache, client) }

  /// A token for one login.
  /// - Throws: `FleetStoreError` (`credentials`, `configuration`, `unavailable`) if there are no credentials or no Region.
  func make() async throws(FleetStoreError) -> Secret {
    var parameters: [(name: String, value: String)] = [(name: "Action", value: "connect"), (name: "User", value: cache.user)]
    if cache.service == .serverless { parameters.append((name: "ResourceType", value: "ServerlessCache")) }
    do {
      let target = try await client.presigned(
        host: cache.name, parameters: parameters, service: cache.service.signingName, expires: Self.secondsValid)
      return Secret(cache.name + target)
    } catch {
      throw Self.failure(error)
    }
  }

  /// The server didn't take a token.
  var refusal: FleetStoreError {
    FleetStoreError(
      .credentials,
      """
      The fleet's store did not take the token of IAM; look whether the user of its address has IAM authentication, iam is the \
      cache's own name, the AWS credentials have \(cache.service.signingName):Connect on both, in the cache's Region, and this \
      machine's clock is right.
      """)
  }

  private static func failure(_ error: any Error) -> FleetStoreError {
    guard let error = error as? AWSClientError else { return .noAnswer }
    let message = "The fleet's store wants a token of IAM, which can't be signed. \(error.message)"
    switch error.code {
    case .credentials: return FleetStoreError(.credentials, message)
    case .configuration, .region: return FleetStoreError(.configuration, message)
    default: return FleetStoreError(.unavailable, message)
    }
  }
}

extension IAMTokens: CustomStringConvertible, CustomReflectable {
  var description: String { "IAMTokens" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
