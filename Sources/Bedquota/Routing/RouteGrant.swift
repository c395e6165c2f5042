import AdmissionControl
import Synchronization

/// A candidate's leave to send a request.
struct RouteGrant: ~Copyable {
  let candidate: Int
  let reservation: Reservation
  /// The limiter of the quotas on which the request counts.
  let limiter: Limiter
  /// Whether reserved capacity has admitted it, and not the quotas.
  var isApart = false
}

/// A request as the queue of one candidate sees it.
struct RouteTicket {
  let candidate: Int
  let limiter: Limiter
  var request: Request
}

extension QuotaAwareClient {
  /// Reserves of the reserved capacity what a request of that tier needs, if there is room now. It doesn't wait for it: what
  /// overflows counts on the quotas.
  func reserveApart(_ prepared: RouteRun.Prepared, _ cost: Cost, wasThrottled: Bool) -> Reservation? {
    let (request, bounds) = (prepared.request, prepared.bounds)
    guard !wasThrottled, request.serviceTier == ReservedTier.name, resolution.endpoint == .runtime else { return nil }
    let now = options.clock()
    guard reserved.isStated || book.withLock({ $0.reservedTrust.allows(at: now) }) else { return nil }
    // A request larger than the capacity always overflows.
    return try? reserved.limiter.tryReserve(reserved.cost(of: cost, maxTokens: bounds.maxTokens))
  }
}
