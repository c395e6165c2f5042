import AWSWire

/// Asks several places for credentials, in order. The first that has some wins.
struct CredentialProviderChain: CredentialProvider {
  /// A place to look.
  struct Link: Sendable {
    /// The name of the place, for the message if no place has credentials.
    var place: String
    var provider: any CredentialProvider

    init(_ place: String, _ provider: any CredentialProvider) {
      self.place = place
      self.provider = provider
    }
  }

  private let links: [Link]

  init(_ links: [Link]) { self.links = links }

  func credentials() async throws -> Credentials? {
    for link in links {
      if let found = try await link.provider.credentials() { return found }
    }
    throw AWSClientError(
      .credentials,
      "No AWS credentials: looked in \(links.map(\.place).joined(separator: ", ")). Set AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY, run `aws configure`, or use the emulator, which needs none.", parameters: ["emulator"])
  }
}
