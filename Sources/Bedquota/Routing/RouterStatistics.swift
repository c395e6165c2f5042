import Synchronization

/// Counts and times of a router's requests.
public struct RouterStatistics: Sendable, Equatable {
  /// The requests of one candidate, among them those that named its client.
  public struct Scope: Sendable, Equatable {
    public var label: String
    /// A request counts where it ended, an attempt where it was sent.
    public var statistics: ClientStatistics
  }

  /// All requests of the router, each once. ``ClientStatistics/quotas`` is empty, because each scope has quotas of its own.
  public var total: ClientStatistics
  /// In the order of the candidates.
  public var scopes: [Scope]
  /// Requests that were sent a second time because the first byte of their reply was late. Such a request counts once in ``total``, and
  /// in both scopes; in that of the slower attempt as failed.
  public var hedged: UInt64
  /// Those of them whose second attempt had its reply first.
  public var hedgesWon: UInt64
}

extension QuotaRouter {
  /// Counts and times of the requests so far.
  public var statistics: RouterStatistics {
    let now = candidates[0].client.options.clock()
    let (statistics, hedges) = book.withLock { ($0.statistics, $0.hedges) }
    return RouterStatistics(
      total: statistics.statistics([], at: now),
      scopes: candidates.map { .init(label: $0.label, statistics: $0.client.statistics) }, hedged: hedges?.sent ?? 0,
      hedgesWon: hedges?.won ?? 0)
  }

  /// Sentences about unexpected conditions, each with the label of its candidate.
  public var notes: [String] {
    candidates.flatMap { candidate in candidate.client.notes.map { "\(candidate.label): \($0)" } }
  }
}
