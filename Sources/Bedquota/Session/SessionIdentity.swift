package import AWSClient
package import AWSWire
package import Foundation

/// Who a session's calls are made as, where they go, and why.
package struct SessionIdentity: Sendable {
  /// As STS knows the caller.
  package var caller: CallerIdentity
  /// The id of the access key that signs; not a secret.
  package var accessKeyID: String
  /// When the credentials end; nil if they don't, or nobody says.
  package var expiration: Date?
  /// Where the credentials come from; nil if the program gave them.
  package var source: CredentialTrail.Step?
  /// Every place that was asked for credentials, in order.
  package var steps: [CredentialTrail.Step]
  package var profile: String
  /// Empty if there is none.
  package var region: String
  package var regionOrigin: SettingOrigin
  /// The URL of each service that is called.
  package var endpoints: [(service: AWSService, url: String)]
  /// Whether Bedrock is called with an API key and not with these credentials.
  package var hasBedrockAPIKey: Bool

  /// The services that commands call.
  static let services: [AWSService] = [.bedrock, .bedrockRuntime, .serviceQuotas, .cloudWatch, .sts]
}

extension BedquotaSession {
  /// Asks STS who the caller is. That needs no permission.
  /// - Throws: `AWSClientError`.
  package func identity() async throws -> SessionIdentity {
    let configuration = client.configuration
    // STS answers in every Region.
    let region = configuration.region.isEmpty ? "us-east-1" : configuration.region
    let caller = try await client.with(region: region).call(STSAPI.getCallerIdentity())
    let credentials = try await configuration.credentials.credentials()
    return SessionIdentity(
      caller: caller, accessKeyID: credentials?.accessKeyID ?? "", expiration: credentials?.expiration,
      source: configuration.trail?.source, steps: configuration.trail?.steps ?? [], profile: configuration.profileName,
      region: configuration.region, regionOrigin: configuration.regionOrigin,
      endpoints: SessionIdentity.services.map { ($0, configuration.endpointURL(for: $0, region: region)) },
      hasBedrockAPIKey: configuration.hasBedrockAPIKey)
  }
}
