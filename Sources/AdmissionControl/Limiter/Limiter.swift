import Synchronization

/// Lets requests through as fast as limits allow, and no faster; safe to use from any number of tasks.
///
/// ```swift
/// let limiter = Limiter(LimiterConfiguration(limits: [Limit(.requestsPerMinute, 1_000), Limit(.tokensPerMinute, 2_000_000)]))
/// let reservation = try await limiter.reserve(Cost(input: 3_000, maxTokens: 1_000))
/// // … send the request …
/// reservation.settle(used: Amounts(tokens: 3_430))
/// ```
///
/// Nothing runs in the background but one timer, and that only while somebody waits.
public final class Limiter: Sendable {
  private struct State {
    var admission: AdmissionState
    var leases = LeaseTable()
    var waits = WaitTable()
    var timer: (at: Int64, task: Task<Void, Never>)?
    var drains: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>
  /// nil: the system's.
  private let clock: (@Sendable () -> Int64)?
  private let timeScale: Double

  public init(_ configuration: LimiterConfiguration) {
    clock = nil
    timeScale = 1
    state = Mutex(State(admission: AdmissionState(configuration, at: MonotonicClock.now())))
  }

  /// For servers whose time runs faster than ours, as an emulator's may.
  /// - Parameter timeScale: seconds of theirs in one of ours.
  package convenience init(_ configuration: LimiterConfiguration, timeScale: Double) {
    let start = MonotonicClock.now()
    self.init(configuration, timeScale: timeScale) { start &+ Int64(Double(MonotonicClock.now() &- start) * timeScale) }
  }

  /// - Parameter now: nanoseconds of a clock that the timer's sleep keeps up with.
  package init(_ configuration: LimiterConfiguration, timeScale: Double = 1, now: @escaping @Sendable () -> Int64) {
    clock = now
    self.timeScale = timeScale
    state = Mutex(State(admission: AdmissionState(configuration, at: now())))
  }

  @inline(__always)
  private func now() -> Int64 { clock.map { $0() } ?? MonotonicClock.now() }

  /// Some milliseconds ago, which is good enough while nobody waits: whoever may go then may go now, who may not asks again.
  @inline(__always)
  private func justNow() -> Int64 { clock.map { $0() } ?? MonotonicClock.tick() }

  // MARK: - Reserving

  /// The right to send a request now; nil where it would have to wait.
  /// - Throws: ``Refusal`` where it could never go, or no requests are taken any more.
  public func tryReserve(_ cost: Cost, priority: Int = 0, tenant: UInt32 = 0) throws(Refusal) -> Reservation? {
    if let place = takeAtOnce(cost, priority, tenant) { return Reservation(place, of: self) }
    return try tryReserveInFull(Request(cost: cost, priority: priority, tenant: tenant))
  }

  @inline(__always)
  private func takeAtOnce(_ cost: Cost, _ priority: Int, _ tenant: UInt32) -> Int? {
    let time = justNow()
    return state.withLock { state in
      guard let lease = state.admission.takeAtOnce(cost, priority: priority, tenant: tenant, at: time) else { return nil }
      return state.leases.insert(lease)
    }
  }

  @inline(never)
  private func tryReserveInFull(_ request: Request) throws(Refusal) -> Reservation? {
    let time = now()
    let place = try state.withLock { state throws(Refusal) -> Int? in
      switch state.admission.tryArrive(request, at: time) {
      case .admitted(let lease): return state.leases.insert(lease)
      case .refused(let refusal): throw refusal
      case .waiting, nil: return nil
      }
    }
    return place.map { Reservation($0, of: self) }
  }

  /// The right to send a request, as soon as it may go.
  /// - Parameters:
  ///   - deadline: how long the request may wait; nil: as long as it takes. It is refused at once where its turn would come later.
  ///   - priority: 0 is the most urgent.
  ///   - tenant: tenants of a priority share what there is by their weights.
  ///   - isRetry: the server refused it before: it goes ahead of its tenant's others, within the retry budget.
  /// - Throws: ``Refusal``; `CancellationError` where the task was cancelled, and then nothing is held.
  public func reserve(
    _ cost: Cost, deadline: Duration? = nil, priority: Int = 0, tenant: UInt32 = 0, isRetry: Bool = false
  ) async throws -> Reservation {
    try Task.checkCancellation()
    // Most of what a request costs that waits is what lies on its stack, so all but its number stays in functions that end.
    switch enter(cost, deadline: deadline, priority: priority, tenant: tenant, isRetry: isRetry) {
    case .letIn(let place): return Reservation(place, of: self)
    case .refused(let refusal): throw refusal
    case .waiting(let id):
      await sleep(id)
      return try leave(id)
    }
  }

  private enum Entry {
    case letIn(Int)
    case waiting(WaiterID)
    case refused(Refusal)
  }

  @inline(never)
  private func enter(_ cost: Cost, deadline: Duration?, priority: Int, tenant: UInt32, isRetry: Bool) -> Entry {
    if !isRetry, let place = takeAtOnce(cost, priority, tenant) { return .letIn(place) }
    let time = now()
    let limit = deadline.map { time &+ max(0, MonotonicClock.nanoseconds($0)) }
    let request = Request(cost: cost, deadline: limit, priority: priority, tenant: tenant, isRetry: isRetry)
    let (entry, wakeups) = state.withLock { state -> (Entry, Wakeups) in
      switch state.admission.arrive(request, at: time) {
      case .admitted(let lease): return (.letIn(state.leases.insert(lease)), Wakeups())
      case .refused(let refusal): return (.refused(refusal), Wakeups())
      case .waiting(let id, _):
        state.waits.add(id)
        return (.waiting(id), pump(&state, at: time))
      }
    }
    wakeups.resume()
    return entry
  }

  /// Until there is an answer.
  private func sleep(_ id: WaiterID) async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if !sleep(id, continuation) { continuation.resume() }
      }
    } onCancel: {
      cancel(id)
    }
  }

  @inline(never)
  private func sleep(_ id: WaiterID, _ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    state.withLock { $0.waits.sleep(id, continuation) }
  }

  /// Fetches the answer.
  @inline(never)
  private func leave(_ id: WaiterID) throws -> Reservation {
    switch state.withLock({ $0.waits.fetch(id) }) {
    case .cancelled: throw CancellationError()
    case .refused(let refusal): throw refusal
    case .letIn(let place):
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

  // MARK: - Settling

  func adjust(_ place: Int, used: Amounts) {
    let time = now()
    state.withLock { state in state.admission.adjust(&state.leases[place], used: used, at: time) }
  }

  @inline(__always)
  func settle(_ place: Int, _ outcome: Outcome) {
    if case .completed(let final) = outcome {
      let time = justNow()
      let isSettled = state.withLock { state in
        guard state.admission.settleAtOnce(state.leases[place], final, at: time) else { return false }
        state.leases.free(place)
        return true
      }
      if isSettled { return }
    }
    settleAndWake(place) { _ in outcome }
  }

  /// Whoever forgets to settle has used all of it, for all we know.
  func drop(_ place: Int) { settleAndWake(place) { .failed(used: $0.reserved) } }

  @inline(never)
  private func settleAndWake(_ place: Int, _ outcome: (Lease) -> Outcome) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      let lease = state.leases[place]
      state.leases.free(place)
      state.admission.settle(lease, outcome(lease), at: time)
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  private func takeDrains(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
    guard !state.drains.isEmpty, state.admission.isIdle else { return [] }
    defer { state.drains = [] }
    return state.drains
  }

  // MARK: - Changes

  /// Another value for a limit, from now on.
  public func setLimit(_ measure: Measure, _ value: Int64) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      state.admission.setLimit(measure, value, at: time)
      return pump(&state, at: time)
    }
    wakeups.resume()
  }

  /// Takes no new requests, and returns when those that wait and those under way have ended.
  public func drain() async {
    await withCheckedContinuation { continuation in
      let time = now()
      let isIdle = state.withLock { state -> Bool in
        state.admission.drain(at: time)
        if !state.admission.isIdle { state.drains.append(continuation) }
        return state.admission.isIdle
      }
      if isIdle { continuation.resume() }
    }
  }

  public var snapshot: Snapshot {
    let time = now()
    return state.withLock { $0.admission.snapshot(at: time) }
  }

  // MARK: - Waking

  /// Asks who may go, and sets the timer for who may not yet.
  private func pump(_ state: inout State, at time: Int64) -> Wakeups {
    var wakeups = Wakeups()
    pump(&state, at: time, &wakeups)
    return wakeups
  }

  private func pump(_ state: inout State, at time: Int64, _ wakeups: inout Wakeups) {
    while let action = state.admission.next(at: time) {
      let waiter =
        switch action {
        case .admit(let id, let lease): state.waits.answer(id, .letIn(state.leases.insert(lease)))
        case .refuse(let id, let refusal): state.waits.answer(id, .refused(refusal))
        }
      if let waiter { wakeups.waiters.append(waiter) }
    }
    setTimer(&state, at: time)
    wakeups.drains += takeDrains(&state)
  }

  /// A timer that rings too early does no harm, so only an earlier time needs another one.
  private func setTimer(_ state: inout State, at time: Int64) {
    guard let wakeAt = state.admission.wakeAt else {
      state.timer?.task.cancel()
      state.timer = nil
      return
    }
    if let timer = state.timer, timer.at <= wakeAt { return }
    state.timer?.task.cancel()
    let pause = Int64(Double(max(0, wakeAt &- time)) / timeScale)
    state.timer = (
      wakeAt,
      // Not of the priority of whoever happens to wait, nor with its task-local values.
      Task.detached { [weak self] in
        guard (try? await Task.sleep(for: .nanoseconds(pause))) != nil else { return }
        self?.ring(wakeAt)
      }
    )
  }

  private func ring(_ wakeAt: Int64) {
    let time = now()
    let wakeups = state.withLock { state -> Wakeups in
      if state.timer?.at == wakeAt { state.timer = nil }
      return pump(&state, at: time)
    }
    wakeups.resume()
  }
}
