import Synchronization

/// What a router knows now, for status pages and metrics.
extension QuotaRouter {
  package struct State: Sendable, Equatable {
    /// How long each candidate rests from now on, in their order; nil: it takes requests.
    package var rests: [Duration?]
    /// The sessions that each candidate has cached.
    package var sessions: [Int]
    /// Requests that left the candidate that had their session cached.
    package var spills: UInt64
  }

  package var state: State {
    let now = now
    return book.withLock { book in
      State(
        rests: candidates.indices.map { book.chooser.restLeft(of: $0, at: now) },
        sessions: book.chooser.sessionCounts(at: now), spills: book.chooser.spills)
    }
  }
}
