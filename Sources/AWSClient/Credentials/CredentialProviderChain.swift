package import AWSWire

/// Asks one place after another; the first that holds credentials wins.
package struct CredentialProviderChain: CredentialProvider {
  let providers: [any CredentialProvider]
  /// Where was looked, for the message when there was nothing.
  let places: [String]

  package init(_ providers: [any CredentialProvider], places: [String]) {
    self.providers = providers
    self.places = places
  }

  package func credentials() async throws -> Credentials? {
    for provider in providers {
      if let found = try await provider.credentials() { return found }
    }
    throw AWSClientError(
      .credentials,
      "No AWS credentials: looked in \(places.joined(separator: ", ")). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        + "run `aws configure`, or use the emulator, which needs none.", parameters: ["emulator"])
  }
}
