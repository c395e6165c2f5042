import AWSWire
import Foundation

extension AWSClient {
  /// Signs a GET of `/` in its URL, with the credentials of now and AWS's time as far as it is known.
  /// - Parameters:
  ///   - host: as the signature has it.
  ///   - parameters: of the query, as they are before they are encoded.
  ///   - service: the name in the credential scope, such as `elasticache`.
  ///   - expires: seconds for which the signature is valid.
  /// - Returns: path and query, which are a secret until they expire.
  /// - Throws: ``AWSClientError``: `region`, `credentials`, and what fetching credentials throws.
  package func presigned(
    host: String, parameters: [(name: String, value: String)], service: String, expires: Int
  ) async throws -> String {
    let region = try configuration.requireRegion()
    let credentials = try await signingCredentials(for: nil)
    return SigV4(credentials: credentials, region: region, service: service).presign(
      method: "GET", host: host, path: "/", parameters: parameters, expires: expires,
      date: now().addingTimeInterval(clock.seconds), keys: signingKeys)
  }
}
