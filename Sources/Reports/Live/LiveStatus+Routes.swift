extension LiveStatus {
  /// A name of the configuration that leads to several candidates, and that was asked for.
  package struct Route: Sendable, Codable, Equatable {
    package var name: String
    /// Requests that left the candidate which had their conversation cached.
    package var spills: UInt64
    /// In the order in which they are asked.
    package var candidates: [Candidate]

    package init(name: String, spills: UInt64 = 0, candidates: [Candidate] = []) {
      (self.name, self.spills, self.candidates) = (name, spills, candidates)
    }
  }

  package struct Candidate: Sendable, Codable, Equatable {
    /// `ID@REGION/ACCOUNT`
    package var route: String
    package var id: String
    package var account: String
    package var region: String
    /// When it is tried again; nil: it takes requests.
    package var restingUntil: Timestamp?
    /// Conversations that it has cached.
    package var sessions = 0
    /// Requests that were sent to it last, and have ended.
    package var requests: UInt64

    package init(route: String, id: String, account: String, region: String, requests: UInt64 = 0) {
      (self.route, self.id, self.account, self.region) = (route, id, account, region)
      self.requests = requests
    }
  }
}
