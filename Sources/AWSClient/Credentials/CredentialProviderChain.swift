import AWSWire

/// Asks several places for credentials, in order. The first that has some wins.
struct CredentialProviderChain: CredentialProvider {
  /// A place to look.
  struct Link: Sendable {
    var source: CredentialSource
    /// Where it looks, for the trail.
    var place: String
    /// nil where nothing is configured.
    var provider: (any CredentialProvider)?

    init(_ source: CredentialSource, _ place: String, _ provider: (any CredentialProvider)?) {
      self.source = source
      self.place = place
      self.provider = provider
    }
  }

  let links: [Link]
  let trail: CredentialTrail
  /// 0 for the credentials that sign calls.
  var depth = 0
  /// Thrown if no place has credentials.
  var missing: AWSClientError?

  /// The credentials; nil if no place has any and that is no error.
  func credentials() async throws -> Credentials? {
    if depth == 0 { trail.begin() }
    for link in links {
      do {
        let found = try await link.provider?.credentials()
        leave(found == nil ? .nothing : .found, at: link)
        if let found { return found }
      } catch {
        leave(.failed, at: link)
        throw error
      }
    }
    if let missing { throw missing }
    return nil
  }

  private func leave(_ finding: CredentialTrail.Step.Finding, at link: Link) {
    trail.add(CredentialTrail.Step(source: link.source, place: link.place, finding: finding, depth: depth))
  }
}
