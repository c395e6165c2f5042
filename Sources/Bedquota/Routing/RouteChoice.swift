/// Where a request may go, and where it should wait if none of these has room.
struct RouteChoice: Sendable, Equatable {
  /// Those that may take it.
  var candidates: CandidateSet
  /// The one that has the request's prompt cached; nil: none.
  var favourite: Int?
  /// How many seconds longer than at the others the wait at the favourite may be; 0 without one. Every request is
  /// chosen for, and few need it as a `Duration`.
  var spillSeconds = 0.0
  /// Those that this request tries again after a rest.
  var trials: CandidateSet = []
  /// When another candidate has rested; nil: none rests.
  var lookAgainAt: Duration?
  /// The same of those that may only be away for a moment.
  var passesAt: Duration?

  var spillAfter: Duration { .seconds(spillSeconds) }

  /// The candidates in the order in which they are asked for room.
  var order: CandidateOrder { candidates.ordered(first: favourite) }

  /// The candidates but the favourite.
  var others: CandidateSet { favourite.map { candidates.subtracting(CandidateSet($0)) } ?? candidates }

  /// Whether the request waits at its favourite alone, for ``spillAfter``.
  /// - Parameters:
  ///   - favourite: the time until its turn there; nil: it would be refused.
  ///   - others: the shortest time until its turn elsewhere; nil: all would refuse it.
  func waitsAtFavourite(eta favourite: Duration?, others: Duration?) -> Bool {
    guard spillSeconds > 0, let favourite else { return false }
    return others.map { favourite <= spillAfter + $0 } ?? true
  }
}
