package import AWSWire

/// The providers that ask over HTTP for something else than a role of STS, one by one, as a test's tool runs them.
package enum HTTPCredentialProviders {
  /// The credentials of the first of these providers that is configured and has some, in the order of the chain.
  /// - Returns: nil if there is none.
  /// - Throws: ``AWSClientError``.
  package static func credentials(profile name: String?, region: String, environment: [String: String]) async throws
    -> Credentials?
  {
    let shared = try SharedConfig(environment: environment)
    let profile = try shared.profile(explicit: name)
    let endpoints = try Endpoints(explicit: nil, environment: environment, profile: profile)
    let providers: [(any CredentialProvider)?] = [
      SSOCredentialProvider.configured(profile: profile, shared: shared, environment: environment, endpoints: endpoints),
      LoginCredentialProvider.configured(profile: profile, environment: environment, endpoints: endpoints, region: region),
      ContainerCredentialProvider.configured(environment: environment),
      InstanceMetadataCredentialProvider.configured(profile: profile, environment: environment),
    ]
    for provider in providers {
      if let found = try await provider?.credentials() { return found }
    }
    return nil
  }
}
