import AWSWire
import Logging

/// Credentials that end while calls are made.
extension AWSClient {
  /// AWS's codes for temporary credentials that have ended.
  private static let expiredCodes: Set<String> = ["ExpiredToken", "ExpiredTokenException"]

  /// Another identity for a call that was refused because its credentials have ended.
  /// - Returns: nil if the call failed for another reason, or there are no other credentials.
  /// - Throws: ``AWSClientError`` if new credentials can't be had.
  func renewed(_ identity: AWSIdentity, after error: any Error) async throws -> AWSIdentity? {
    guard let code = (error as? AWSClientError)?.service?.code, Self.expiredCodes.contains(code),
      case .credentials(let used) = identity, let source = configuration.credentials as? RefreshingCredentials
    else { return nil }
    defer { logTrail() }
    return try await source.renewed(after: used).map(AWSIdentity.credentials)
  }

  /// Logs how the credentials were found, once for each search.
  func logTrail() {
    for step in configuration.trail?.takeUnlogged() ?? [] {
      logger.debug(
        "AWS credentials",
        metadata: [
          "source": "\(step.source.rawValue)", "place": "\(step.place)", "finding": "\(step.finding.rawValue)",
          "depth": "\(step.depth)",
        ])
    }
  }
}
