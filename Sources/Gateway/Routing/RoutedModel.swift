import Bedquota

/// A name of `models` with a list. All its requests share one chooser: where conversations have their prompts
/// cached, and which candidates rest.
final class RoutedModel: Sendable {
  /// A candidate with its queue.
  struct Candidate: Sendable {
    let place: RouteCandidate
    let pool: GatewayCore.Pool
  }

  let name: String
  /// In the order in which they are asked, which is that of the router.
  let candidates: [Candidate]
  let router: QuotaRouter

  /// - Parameter candidates: each with a pool of its own.
  /// - Throws: ``BedquotaError`` (`configuration`) for none, or too many.
  init(_ name: String, _ candidates: [Candidate]) throws(BedquotaError) {
    (self.name, self.candidates) = (name, candidates)
    router = try QuotaRouter(candidates.map { QuotaRouter.Candidate($0.place.label, $0.pool.client) })
  }

  /// Whether these are its candidates, in the same queues.
  func has(_ others: [Candidate]) -> Bool {
    candidates.count == others.count
      && zip(candidates, others).allSatisfy { $0.place == $1.place && $0.pool.client === $1.pool.client }
  }
}
