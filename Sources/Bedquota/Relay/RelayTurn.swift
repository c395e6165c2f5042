import AdmissionControl
import Synchronization

/// A caller's request until its first turn has come. It is an object, and its wait a function of its own: what is on a task's stack
/// during the wait takes memory for each request that waits.
package final class RelayTurn: Sendable {
  private struct State: ~Copyable, Sendable {
    /// nil once it has been taken.
    var running: RunningRequest?
    var reservation: Reservation?
    /// Why it is refused.
    var failure: (any Error)?
  }

  /// What it reserves. It is an object, so that who waits has no copy of it.
  private final class Place: Sendable {
    let limiter: Limiter
    let cost: Cost
    let waitMax: Duration?
    let terms: RelayTerms
    /// nil if no fleet shares the quotas.
    let client: QuotaAwareClient?

    init(limiter: Limiter, cost: Cost, waitMax: Duration?, terms: RelayTerms, client: QuotaAwareClient?) {
      (self.limiter, self.cost, self.waitMax, self.terms, self.client) = (limiter, cost, waitMax, terms, client)
    }
  }

  let first: RequestCourse.Action
  /// nil if the wait isn't the limiter's alone.
  private let place: Place?
  private let state: Mutex<State>

  init(_ client: QuotaAwareClient, _ running: RunningRequest, _ first: RequestCourse.Action, _ terms: RelayTerms) {
    self.first = first
    var running = running
    running.terms = terms
    state = Mutex(State(running: running, reservation: nil, failure: nil))
    // Who has patience for a service that is away waits for that first.
    guard case .reserve(let cost, let waitMax, _) = first, client.options.patience == .zero else {
      place = nil
      return
    }
    let (limiter, quotaCost) = client.admission(of: cost, running.bounds)
    place = Place(
      limiter: limiter, cost: quotaCost, waitMax: waitMax, terms: terms, client: client.fleet == nil ? nil : client)
  }

  /// Returns when its turn has come, or never will.
  package func comes() async {
    guard let place else { return }
    if let client = place.client, await !joins(client) { return }
    guard let id = ask(place) else { return }
    await place.limiter.waitForAnswer(id)
    fetch(id, from: place.limiter)
  }

  /// - Returns: whether the client is a member of its fleet.
  @inline(never)
  private func joins(_ client: QuotaAwareClient) async -> Bool {
    do {
      try await client.joinFleet()
      return true
    } catch {
      state.withLock { $0.failure = error }
      return false
    }
  }

  /// - Returns: nil if it needn't wait, or must not.
  @inline(never)
  private func ask(_ place: Place) -> WaiterID? {
    let terms = place.terms
    do {
      let turn = try place.limiter.ask(
        place.cost, deadline: place.waitMax, priority: terms.priority, tenant: terms.tenant, place: terms.place,
        onWait: terms.onWait)
      switch consume turn {
      case .later(let id): return id
      case .now(let reservation): keep(reservation)
      }
    } catch {
      state.withLock { $0.failure = error }
    }
    return nil
  }

  @inline(never)
  private func fetch(_ id: WaiterID, from limiter: Limiter) {
    do {
      keep(try limiter.fetchAnswer(id))
    } catch {
      state.withLock { $0.failure = error }
    }
  }

  private func keep(_ reservation: consuming Reservation) {
    var kept = Optional(reservation)
    state.withLock { $0.reservation = kept.take() }
  }

  /// What the limiter has said.
  /// - Returns: nil if it wasn't asked.
  func reservation() throws -> Reservation? {
    if let failure = state.withLock({ $0.failure }) { throw failure }
    return state.withLock { $0.reservation.take() }
  }

  /// The request, which from now on keeps this object until it has its reservation.
  func take() -> RunningRequest? {
    var running = state.withLock { $0.running.take() }
    running?.turn = self
    return running
  }
}
