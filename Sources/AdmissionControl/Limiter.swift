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
  private enum Answer: Sendable {
    case lease(Lease)
    case refusal(Refusal)
    case cancelled
  }

  private enum Wait {
    /// The waiter has not gone to sleep yet.
    case comingUp
    case asleep(CheckedContinuation<Answer, Never>)
    /// Answered before it went to sleep.
    case answered(Answer)
  }

  private struct State {
    var admission: AdmissionState
    var waits: [WaiterID: Wait] = [:]
    var timer: (at: Int64, task: Task<Void, Never>)?
    var drains: [CheckedContinuation<Void, Never>] = []
  }

  /// Whom to wake once the lock is open.
  private struct Wakeups {
    var answers: [(continuation: CheckedContinuation<Answer, Never>, answer: Answer)] = []
    var drains: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> Int64
  private let timeScale: Double

  public convenience init(_ configuration: LimiterConfiguration) { self.init(configuration, now: { MonotonicClock.now() }) }

  /// For servers whose time runs faster than ours, as an emulator's may.
  /// - Parameter timeScale: seconds of theirs in one of ours.
  package convenience init(_ configuration: LimiterConfiguration, timeScale: Double) {
    let start = MonotonicClock.now()
    self.init(configuration, timeScale: timeScale) { start &+ Int64(Double(MonotonicClock.now() &- start) * timeScale) }
  }

  /// - Parameter now: nanoseconds of a clock that the timer's sleep keeps up with.
  package init(_ configuration: LimiterConfiguration, timeScale: Double = 1, now: @escaping @Sendable () -> Int64) {
    self.now = now
    self.timeScale = timeScale
    state = Mutex(State(admission: AdmissionState(configuration, at: now())))
  }

  // MARK: - Reserving

  /// The right to send a request now; nil where it would have to wait.
  /// - Throws: ``Refusal`` where it could never go, or no requests are taken any more.
  public func tryReserve(_ cost: Cost, priority: Int = 0, tenant: UInt32 = 0) throws(Refusal) -> Reservation? {
    let time = now()
    let answer = state.withLock { state -> Arrival? in
      state.admission.tryArrive(Request(cost: cost, priority: priority, tenant: tenant), at: time)
    }
    switch answer {
    case .admitted(let lease): return Reservation(lease, of: self)
    case .refused(let refusal): throw refusal
    case .waiting, nil: return nil
    }
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
    let time = now()
    let limit = deadline.map { time &+ max(0, Self.nanoseconds($0)) }
    let request = Request(cost: cost, deadline: limit, priority: priority, tenant: tenant, isRetry: isRetry)
    let (arrival, wakeups) = state.withLock { state -> (Arrival, Wakeups) in
      let arrival = state.admission.arrive(request, at: time)
      guard case .waiting(let id, _) = arrival else { return (arrival, Wakeups()) }
      state.waits[id] = .comingUp
      return (arrival, pump(&state, at: time))
    }
    Self.wake(wakeups)
    switch arrival {
    case .admitted(let lease): return Reservation(lease, of: self)
    case .refused(let refusal): throw refusal
    case .waiting(let id, _): return try await wait(id)
    }
  }

  private func wait(_ id: WaiterID) async throws -> Reservation {
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state -> Answer? in
          guard case .answered(let answer)? = state.waits[id] else {
            state.waits[id] = .asleep(continuation)
            return nil
          }
          state.waits[id] = nil
          return answer
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      cancel(id)
    }
    switch answer {
    case .cancelled: throw CancellationError()
    case .refusal(let refusal): throw refusal
    case .lease(let lease):
      let reservation = Reservation(lease, of: self)
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
      answer(.cancelled, id, &state, &wakeups)
      pump(&state, at: time, &wakeups)
      return wakeups
    }
    Self.wake(wakeups)
  }

  // MARK: - Settling

  func adjust(_ lease: inout Lease, used: Amounts) {
    let time = now()
    var copy = lease
    state.withLock { state in state.admission.adjust(&copy, used: used, at: time) }
    lease = copy
  }

  func settle(_ lease: Lease, _ outcome: Outcome) {
    let wakeups = state.withLock { state -> Wakeups in
      // What only gives back changes nothing that depends on the time, so nobody need ask for it.
      if state.admission.isWithoutWaiters, lease.onlyGivesBack(outcome) {
        state.admission.settle(lease, outcome, at: .min)
        return Wakeups(drains: takeDrains(&state))
      }
      let time = now()
      state.admission.settle(lease, outcome, at: time)
      return pump(&state, at: time)
    }
    Self.wake(wakeups)
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
    Self.wake(wakeups)
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
      switch action {
      case .admit(let id, let lease): answer(.lease(lease), id, &state, &wakeups)
      case .refuse(let id, let refusal): answer(.refusal(refusal), id, &state, &wakeups)
      }
    }
    setTimer(&state, at: time)
    wakeups.drains += takeDrains(&state)
  }

  private func answer(_ answer: Answer, _ id: WaiterID, _ state: inout State, _ wakeups: inout Wakeups) {
    switch state.waits[id] {
    case .asleep(let continuation):
      state.waits[id] = nil
      wakeups.answers.append((continuation, answer))
    case .comingUp, .answered, nil:
      state.waits[id] = .answered(answer)
    }
  }

  private static func wake(_ wakeups: Wakeups) {
    for (continuation, answer) in wakeups.answers { continuation.resume(returning: answer) }
    for drain in wakeups.drains { drain.resume() }
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
    Self.wake(wakeups)
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0 else { return 0 }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow || whole > .max / 4 ? .max / 4 : whole &+ attoseconds / 1_000_000_000
  }
}
