/// Requests that wait in several limiters; see ``Race``.
extension Limiter {
  /// What a limiter answers a request that enters.
  package enum RaceEntry: Sendable {
    /// It was admitted here, or in another limiter meanwhile: the race says so.
    case over
    /// - Parameter eta: the time until its turn here, if nothing else changes.
    case waiting(QueuePlace, eta: Duration)
    case refused(Refusal)
  }

  /// Enters a request, which is admitted, waits or is refused here.
  /// - Parameters:
  ///   - candidate: which of the race's limiters this is; each once at a time.
  ///   - request: its deadline counts from now.
  ///   - waitMax: how long it may wait; nil: without a bound.
  package func enter(_ race: Race, as candidate: Int, _ request: Request, waitMax: Duration?) -> RaceEntry {
    let time = now()
    let request = here(request, waitMax: waitMax, at: time)
    let (entry, wakeups) = state.withLock { state -> (RaceEntry, Wakeups) in
      guard !race.isOver else { return (.over, Wakeups()) }
      if request.isRetry { state.retries.arrived() }
      switch state.admission.arrive(request, at: time) {
      case .admitted(let lease):
        // The task that enters isn't asleep.
        _ = claim(race, candidate, lease, &state, at: time)
        return (.over, pump(&state, at: time))
      case .refused(let refusal):
        state.admission.counts.refused &-= 1
        _ = race.refused(candidate, refusal, by: self)
        return (.refused(refusal), request.isRetry ? pump(&state, at: time) : Wakeups())
      case .waiting(let id, let eta):
        state.waits.add(id, in: race, as: candidate)
        race.waits(id, candidate, in: self)
        var place = state.admission.place(of: id, request, eta: eta)
        place.limiter = ObjectIdentifier(self)
        return (.waiting(place, eta: .nanoseconds(eta)), pumpAfterArrival(&state, at: time))
      }
    }
    wakeups.resume()
    return entry
  }

  /// The request with a deadline of this limiter's clock, and without the place in another queue.
  private func here(_ request: Request, waitMax: Duration?, at time: Int64) -> Request {
    var request = request
    request.deadline = waitMax.map { time &+ $0.clampedNanoseconds }
    if let place = request.place, !holds(place) { request.place = nil }
    return request
  }

  /// Whether a place is one in this limiter's queue.
  package func holds(_ place: QueuePlace) -> Bool { place.limiter == ObjectIdentifier(self) }

  /// The time until the turn of a request, if it came now and nothing else changed; nil if it would be refused whatever its
  /// deadline.
  package func eta(of request: Request) -> Duration? {
    let time = now()
    return state.withLock { $0.admission.eta(of: request, at: time) }.map { .nanoseconds($0) }
  }

  /// A retry that a drain may await here was admitted by another limiter.
  package func retryWentElsewhere() {
    let time = now()
    let wakeups = state.withLock { state in
      state.retries.arrived()
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  /// Reserves what a request needs, if it can go now. A limiter that would refuse it counts no refusal: others are asked too.
  package func takeIfRoom(_ request: Request) -> Reservation? {
    if let place = takeAtOnce(request.cost, request.priority, request.tenant) { return Reservation(place, of: self) }
    do throws(Refusal) {
      let request = Request(cost: request.cost, priority: request.priority, tenant: request.tenant)
      return try tryReserveSlowly(request, countsRefusal: false)
    } catch {
      return nil
    }
  }

  // MARK: - Answers

  func admit(_ id: WaiterID, _ lease: Lease, _ state: inout State, at time: Int64) -> UnsafeContinuation<Void, Never>? {
    guard let (race, candidate) = state.waits.takeRacing(id) else {
      return state.waits.answer(id, .admitted(place: state.leases.insert(lease)))
    }
    return claim(race, candidate, lease, &state, at: time)
  }

  func refuse(_ id: WaiterID, _ refusal: Refusal, _ state: inout State) -> UnsafeContinuation<Void, Never>? {
    guard let (race, candidate) = state.waits.takeRacing(id) else { return state.waits.answer(id, .refused(refusal)) }
    state.admission.counts.refused &-= 1
    return race.refused(candidate, refusal, by: self)
  }

  /// Gives a lease to a race, or takes it back if another limiter was faster. What that frees, the next waiter gets at once.
  private func claim(
    _ race: Race, _ candidate: Int, _ lease: Lease, _ state: inout State, at time: Int64
  ) -> UnsafeContinuation<Void, Never>? {
    let place = state.leases.insert(lease)
    if let waiter = race.claim(candidate, self, place: place) { return waiter }
    state.leases.free(place)
    state.admission.takeBack(lease, at: time)
    return nil
  }

  // MARK: - Leaving

  /// A request leaves the queue.
  /// - Parameter isCancelled: whether its caller has given it up, and this limiter counts it.
  func withdraw(_ id: WaiterID, isCancelled: Bool = false) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      _ = state.waits.takeRacing(id)
      guard state.admission.withdraw(id, at: time) else { return Wakeups() }
      if isCancelled { state.admission.counts.cancelledWaiters &+= 1 }
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  func countRefusal() { state.withLock { $0.admission.counts.refused &+= 1 } }
}
