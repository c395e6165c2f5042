import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
import Synchronization

/// The service tier `reserved`: a pool of its own, which overflows to the quotas.
///
/// | admitted by | the reply says | the capacity counts | the quotas count |
/// |---|---|---|---|
/// | the capacity | `reserved` | the request | nothing |
/// | the capacity | another tier | nothing, and learns that it was full | the request |
/// | the quotas | `reserved` | the request | nothing |
/// | the quotas | another tier | nothing | the request |
/// | either | nothing of its tier, or is lost | the request, if it admitted it | the request |
extension QuotaAwareClient {
  /// Returns the request with the tier of the options, if it names none.
  func tiered(_ request: ModelRequest) -> ModelRequest {
    guard let tier = options.serviceTier, request.serviceTier == nil else { return request }
    guard let tiered = request.naming(serviceTier: tier) else {
      tellOnce("\(request.api.rawValue) has no service tiers, so its requests are sent without one.")
      return request
    }
    return tiered
  }

  /// nil if a request isn't one of the tier, or the endpoint has no such tier as far as is known.
  func tierUse(of request: ModelRequest) -> TierUse? {
    guard request.serviceTier == ReservedTier.name else { return nil }
    guard resolution.endpoint == .runtime else {
      tellOnce("Reserved capacity on bedrock-mantle is not known; requests of that tier count against the quotas.")
      return nil
    }
    return TierUse()
  }

  /// Reserves what a request needs of the reserved capacity, if it is of that tier and there is room, or else of the quotas.
  func reserve(_ cost: Cost, _ running: inout RunningRequest, waitMax: Duration?, isRetry: Bool) async throws -> Reservation {
    let (quotas, quotaCost) = admission(of: cost, running.bounds)
    running.quotas = quotas
    if let turn = running.turn.take(), let reservation = try turn.reservation() { return reservation }
    guard let tier = running.course.tier else {
      return try await reserve(quotaCost, in: quotas, running.terms, waitMax: waitMax, isRetry: isRetry)
    }
    running.course.tier?.begin(isApart: false)
    let now = options.clock()
    let isTrusted = reserved.isStated || book.withLock { $0.reservedTrust.allows(at: now) }
    guard !tier.wasThrottled, isTrusted else {
      return try await quotas.reserve(quotaCost, deadline: waitMax, isRetry: isRetry)
    }
    let apart = reserved.cost(of: cost, maxTokens: running.bounds.maxTokens)
    switch try await Turn(of: apart, in: reserved.limiter) {
    case .now(let reservation):
      running.course.tier?.begin(isApart: true)
      return reservation
    case .later(let eta):
      // A request larger than the capacity always overflows.
      guard let eta, reserved.isStated, !isRetry else { break }
      // Both are full, so it waits where its turn comes first.
      switch try await Turn(of: quotaCost, in: quotas) {
      case .now(let reservation): return reservation
      case .later(let other):
        if let other, other <= eta { break }
        running.course.tier?.begin(isApart: true)
        do {
          return try await reserved.limiter.reserve(apart, deadline: [waitMax, other].compactMap { $0 }.min())
        } catch let refusal as Refusal where other != nil && (refusal.code == .expired || refusal.code == .deadline) {
          // It has waited as long as the quotas would have taken, and goes there after all.
          running.course.tier?.begin(isApart: false)
        }
      }
    }
    let timeLeft = running.course.timeLeft(at: options.clock())
    return try await quotas.reserve(quotaCost, deadline: timeLeft, isRetry: isRetry)
  }

  /// When a limiter would admit a request.
  private enum Turn: ~Copyable {
    case now(Reservation)
    /// nil: never.
    case later(Duration?)

    init(of cost: Cost, in limiter: Limiter) async throws {
      do {
        self = .now(try await limiter.reserve(cost, deadline: .zero))
      } catch let refusal as Refusal {
        self = .later(refusal.code == .deadline ? refusal.eta : nil)
      }
    }
  }

  /// Ends an attempt's reservation as an action says, and counts the request where it was served.
  func settle(_ reservation: consuming Reservation, _ action: RequestCourse.Action, _ running: inout RunningRequest) {
    // A reservation that is dropped counts in full.
    guard let outcome = action.outcome else { return }
    guard let tier = running.course.tier else { return settle(reservation, outcome, action, running) }
    if action.isThrottle { running.course.tier?.wasThrottled = true }
    learn(tier, wasThrottled: action.isThrottle)
    guard let usage = action.usage else {
      // Without a reply, nothing was used. A retry is awaited by the limiter that admits it.
      guard tier.isApart else { return settle(reservation, outcome, action, running) }
      return reservation.settle(action.isThrottle ? .overflowed : .cancelled)
    }
    let amounts = Amounts(inputTokens: Int64(usage.input + usage.cacheWrite), outputTokens: Int64(usage.output))
    switch (tier.isApart, tier.isServedReserved) {
    case (true, true): reservation.settle(used: amounts)
    case (true, false):
      reservation.settle(tier.isOverflow ? .overflowed : .failed(used: amounts))
      quotas(of: action, running)?.debit(metering.amounts(usage))
    case (false, true):
      reservation.settle(.cancelled)
      reserved.limiter.debit(amounts)
    case (false, false): settle(reservation, outcome, action, running)
    }
  }

  /// Without a stated capacity, replies alone show whether there is some.
  private func learn(_ tier: TierUse, wasThrottled: Bool) {
    guard !reserved.isStated else { return }
    let now = options.clock()
    let (before, allowed) = book.withLock { book in
      let before = book.reservedTrust.allowed
      if tier.isOverflow || (wasThrottled && tier.isApart) {
        book.reservedTrust.overflowed(at: now, timeScale: options.timeScale)
      } else if tier.isApart, tier.isServedReserved {
        book.reservedTrust.served(at: now)
      }
      return (before, book.reservedTrust.allowed)
    }
    if before != allowed { reserved.limiter.setLimit(.concurrency, allowed) }
  }
}
