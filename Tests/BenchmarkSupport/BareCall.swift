import AWSClient
import AWSWire
public import Bedquota

/// A call without the quota-aware client: signed and sent, nothing else.
///
/// `client-benchmark overhead` subtracts it from the same call through `QuotaAwareClient`.
public struct BareCall: Sendable {
  private let session: BedquotaSession

  public init(session: BedquotaSession) { self.session = session }

  /// Sends one Converse request and throws its reply away.
  /// - Throws: `AWSClientError`; nothing is tried again.
  public func converse(_ id: String, _ request: ModelRequest) async throws {
    _ = try await session.inference.callOnce(BedrockRuntimeAPI.converse(id, body: request.body.data))
  }
}
