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
}

extension QuotaRouter {
  /// Counts and times of the requests so far.
  public var statistics: RouterStatistics {
    let now = candidates[0].client.options.clock()
    return RouterStatistics(
      total: book.withLock { $0.statistics }.statistics([], at: now),
      scopes: candidates.map { .init(label: $0.label, statistics: $0.client.statistics) })
  }

  /// Sentences about unexpected conditions, each with the label of its candidate.
  public var notes: [String] {
    candidates.flatMap { candidate in candidate.client.notes.map { "\(candidate.label): \($0)" } }
  }
}
