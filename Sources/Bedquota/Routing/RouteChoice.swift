/// Where a request may go, and where it should wait if none of these has room.
package struct RouteChoice: Sendable, Equatable {
  /// Those that may take it.
  package internal(set) var candidates: CandidateSet
  /// The one that has the request's prompt cached; nil: none.
  package internal(set) var favourite: Int?
  /// What the favourite has cached.
  package internal(set) var cachedTokens = 0
  /// How many seconds the cache outlives its last use. Every request is chosen for, and few need it as a `Duration`.
  var cachedSeconds = 0.0
  /// Those that this request tries again after a rest.
  package internal(set) var trials: CandidateSet = []
  /// When another candidate has rested; nil: none rests.
  var lookAgainAt: Duration?
  /// The same of those that may only be away for a moment.
  var passesAt: Duration?

  /// The candidates in the order in which they are asked for room.
  package var order: CandidateOrder { candidates.ordered(first: favourite) }

  /// The candidates but the favourite.
  package var others: CandidateSet { favourite.map { candidates.subtracting(CandidateSet($0)) } ?? candidates }

  /// How long a request that waits at its favourite keeps out of the queue of another candidate; zero: it enters it at once.
  /// - Parameter own: the time until its turn at the favourite; nil: it would be refused there.
  package func delay(own: Duration?, _ load: ScopeLoad) -> Duration {
    guard favourite != nil, let own else { return .zero }
    let worth = Duration.seconds(min(load.worth(ofCached: cachedTokens), cachedSeconds))
    // Whoever would wait so much longer at the favourite has nothing to wait for.
    guard let there = load.eta else { return worth }
    return own > worth + there ? .zero : worth
  }
}
