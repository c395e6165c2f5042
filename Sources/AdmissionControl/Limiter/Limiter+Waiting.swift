import Synchronization

/// How requests wait, and how they are woken.
extension Limiter {
  enum Entry {
    /// - Parameter place: the place of the lease.
    case admitted(place: Int)
    case waiting(WaiterID)
    case refused(Refusal)
  }

  /// - Parameters:
  ///   - place: where the request waited before.
  ///   - onWait: gets its place in the queue, if it has to wait.
  @inline(never)
  func enter(
    _ cost: Cost, deadline: Duration?, priority: Int, tenant: UInt32, isRetry: Bool, place: QueuePlace? = nil,
    onWait: ((QueuePlace, Duration) -> Void)? = nil
  ) -> Entry {
    if !isRetry, let place = takeAtOnce(cost, priority, tenant) { return .admitted(place: place) }
    let time = now()
    let request = Request(
      cost: cost, deadline: deadline.map { time &+ $0.clampedNanoseconds }, priority: priority, tenant: tenant, isRetry: isRetry,
      // The ranks of another queue say nothing here.
      place: place?.limiter == ObjectIdentifier(self) ? place : nil)
    var waiting: (place: QueuePlace, eta: Int64)?
    let (entry, wakeups) = state.withLock { state -> (Entry, Wakeups) in
      if isRetry { state.retries.arrived() }
      switch state.admission.arrive(request, at: time) {
      case .admitted(let lease): return (.admitted(place: state.leases.insert(lease)), Wakeups())
      // If it is the last one that a drain awaits, the drain ends.
      case .refused(let refusal): return (.refused(refusal), isRetry ? pump(&state, at: time) : Wakeups())
      case .waiting(let id, let eta):
        state.waits.add(id)
        if onWait != nil { waiting = (state.admission.place(of: id, request, eta: eta), eta) }
        return (.waiting(id), pumpAfterArrival(&state, at: time))
      }
    }
    wakeups.resume()
    if let onWait, let waiting {
      var place = waiting.place
      place.limiter = ObjectIdentifier(self)
      onWait(place, .nanoseconds(waiting.eta))
    }
    return entry
  }

  /// Suspends until there is an answer.
  package func waitForAnswer(_ id: WaiterID) async {
    await withTaskCancellationHandler {
      // A checked continuation would allocate memory for each waiting request. `WaitTable` hands out each continuation exactly
      // once.
      await withUnsafeContinuation { continuation in
        if !suspend(id, continuation) { continuation.resume() }
      }
    } onCancel: {
      cancel(id)
    }
  }

  @inline(never)
  private func suspend(_ id: WaiterID, _ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    state.withLock { $0.waits.suspend(id, continuation) }
  }

  /// - Throws: ``Refusal``; `CancellationError`.
  @inline(never)
  package func fetchAnswer(_ id: WaiterID) throws -> Reservation {
    switch state.withLock({ $0.waits.fetch(id) }) {
    case .cancelled: throw CancellationError()
    case .refused(let refusal): throw refusal
    case .admitted(let place):
      let reservation = Reservation(place, of: self)
      guard !Task.isCancelled else {
        reservation.settle(.cancelled)
        throw CancellationError()
      }
      return reservation
    }
  }

  private func cancel(_ id: WaiterID) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      var wakeups = Wakeups()
      guard state.admission.cancel(id, at: time) else { return wakeups }
      if let waiter = state.waits.answer(id, .cancelled) { wakeups.waiters.append(waiter) }
      pump(&state, at: time, &wakeups)
      return wakeups
    }
    wakeups.resume()
  }

  /// Changes the state, then wakes the tasks whose requests can be answered now.
  func change(_ body: (inout AdmissionState, Int64) -> Void) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      body(&state.admission, time)
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  /// Collects the tasks whose requests can be answered now, and sets the timer for the next answer.
  func pump(_ state: inout State, at time: Int64) -> Wakeups {
    var wakeups = Wakeups()
    pump(&state, at: time, &wakeups)
    return wakeups
  }

  /// The same after a request has begun to wait, which may need units of a store.
  func pumpAfterArrival(_ state: inout State, at time: Int64) -> Wakeups {
    var wakeups = pump(&state, at: time)
    wakeups.event = state.events?.requestWaits
    return wakeups
  }

  func pump(_ state: inout State, at time: Int64, _ wakeups: inout Wakeups) {
    while let action = state.admission.next(at: time) {
      let waiter =
        switch action {
        case .admit(let id, let lease): admit(id, lease, &state, at: time)
        case .refuse(let id, let refusal): refuse(id, refusal, &state)
        }
      if let waiter { wakeups.waiters.append(waiter) }
    }
    if !state.drains.isEmpty, state.isDrained(at: time) {
      wakeups.drains += state.drains.values
      state.drains = [:]
    }
    setTimer(&state, at: time)
  }

  /// Starts to drain, and resumes the call when everything has ended or its task is cancelled.
  func wait(for drain: UInt64, _ continuation: CheckedContinuation<Void, Never>) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      state.admission.drain(at: time)
      // The handler of a cancellation that comes later finds the continuation.
      guard !Task.isCancelled else { return Wakeups(drains: [continuation]) }
      state.drains[drain] = continuation
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  /// A timer that fires too early does no harm, so it is replaced only by an earlier one.
  private func setTimer(_ state: inout State, at time: Int64) {
    let drainAt = state.drains.isEmpty ? nil : state.retries.firstEnd
    guard let wakeAt = drainAt.map({ min($0, state.admission.wakeAt ?? $0) }) ?? state.admission.wakeAt else {
      state.timer?.task.cancel()
      state.timer = nil
      return
    }
    if let timer = state.timer, timer.at <= wakeAt { return }
    state.timer?.task.cancel()
    let sleep = sleep
    // The task is detached, so that it doesn't inherit the priority and task-local values of the request that happens to set the
    // timer.
    let task = Task.detached { [weak self] in
      guard (try? await sleep(max(0, wakeAt &- time))) != nil else { return }
      self?.timerFired(wakeAt)
    }
    state.timer = (wakeAt, task)
  }

  private func timerFired(_ wakeAt: Int64) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      if state.timer?.at == wakeAt { state.timer = nil }
      return pump(&state, at: time)
    }
    wakeups.resume()
  }
}
