import Synchronization

/// Admits requests as fast as the limits allow, and no faster. It is safe to use from any number of tasks.
///
/// ## Usage
///
/// Reserve the most that a request may cost, send the request, and settle its final cost:
///
/// ```swift
/// let limiter = Limiter(LimiterConfiguration(limits: [Limit(.requestsPerMinute, 1_000), Limit(.tokensPerMinute, 2_000_000)]))
///
/// let reservation = try await limiter.reserve(Cost(input: 3_000, maxTokens: 1_000))
/// let reply = try await send(request)
/// reservation.settle(used: Amounts(tokens: reply.inputTokens + reply.outputTokens))
/// ```
///
/// ``reserve(_:deadline:priority:tenant:isRetry:)`` waits for the request's turn. If the turn would come after the deadline, it
/// refuses the request immediately, so that a service can tell its caller when to try again:
///
/// ```swift
/// do {
///   let reservation = try await limiter.reserve(cost, deadline: .seconds(20))
///   // … send the request, and settle …
/// } catch let refusal as Refusal where refusal.code == .deadline {
///   response.headers["Retry-After"] = "\(refusal.eta!.components.seconds + 1)"
/// } catch let refusal as Refusal {
///   log(refusal.message)
/// }
/// ```
///
/// ### Errors
///
/// If the server throttles a request, settle it with ``Outcome/throttled(_:)`` and reserve again with `isRetry: true`. If a request
/// breaks off, settle it with ``Outcome/failed(used:)``. A reservation that is dropped counts in full.
///
/// ### Background work
///
/// The limiter runs one timer, and only while requests wait.
public final class Limiter: Sendable {
  struct State {
    var admission: AdmissionState
    var leases = LeaseTable()
    var waits = WaitTable()
    var timer: (at: Int64, task: Task<Void, Never>)?
    var retries = AwaitedRetries()
    /// The calls of ``Limiter/drain()`` that wait.
    var drains: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var lastDrain: UInt64 = 0
    /// nil unless a store grants the units.
    var events: PrepaidEvents?

    /// Whether nothing waits, nothing is in flight, and no retry is awaited.
    mutating func isDrained(at now: Int64) -> Bool {
      guard admission.isIdle else { return false }
      retries.forget(before: now)
      return retries.firstEnd == nil
    }
  }

  let state: BackoffLock<State>
  /// Returns nanoseconds; nil: the system's monotonic clock.
  private let clock: (@Sendable () -> Int64)?
  /// Suspends for this many nanoseconds of the clock.
  let sleep: @Sendable (Int64) async throws -> Void

  /// - Parameter configuration: the limits, and how to enforce them.
  public init(_ configuration: LimiterConfiguration) {
    clock = nil
    sleep = { try await Task.sleep(for: .nanoseconds($0)) }
    state = BackoffLock(State(admission: AdmissionState(configuration, at: MonotonicClock.now())))
  }

  /// Creates a limiter for a server whose clock runs faster than ours, such as the emulator.
  /// - Parameter timeScale: seconds of the server's clock per second of ours, 10⁻³ to 10⁶; 1 if it isn't a number.
  package convenience init(_ configuration: LimiterConfiguration, timeScale: Double) {
    let start = MonotonicClock.now()
    let scale = timeScale.isNaN ? 1 : min(max(timeScale, 1e-3), 1e6)
    @Sendable func whole(_ nanoseconds: Double) -> Int64 { Int64(min(nanoseconds, Double(AdmissionState.timeMax))) }
    self.init(
      configuration, now: { start &+ whole(Double(MonotonicClock.now() &- start) * scale) },
      sleep: { try await Task.sleep(for: .nanoseconds(whole(Double($0) / scale))) })
  }

  /// For tests.
  /// - Parameters:
  ///   - now: nanoseconds of a clock.
  ///   - sleep: suspends for this many nanoseconds of that clock.
  package init(
    _ configuration: LimiterConfiguration, now: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .nanoseconds($0)) }
  ) {
    clock = { AdmissionState.clamped(now()) }
    self.sleep = sleep
    state = BackoffLock(State(admission: AdmissionState(configuration, at: now())))
  }

  /// The timer's task belongs to the limiter and ends with it.
  deinit { if let timer = state.withLock({ $0.timer }) { timer.task.cancel() } }

  @inline(__always)
  func now() -> Int64 { clock.map { $0() } ?? MonotonicClock.now() }

  /// A time up to 10 ms ago, which takes a fifth of the time to read. It is good enough if no request waits: the fast path may
  /// miss a little refill, and then the slow path decides with the exact time.
  @inline(__always)
  func recently() -> Int64 { clock.map { $0() } ?? MonotonicClock.tick() }

  // MARK: - Reserving

  /// Reserves the right to send a request, if it can go now.
  /// - Parameters:
  ///   - cost: what the request reserves and is expected to cost.
  ///   - priority: 0 is the most urgent.
  ///   - tenant: tenants share each priority by their weights.
  /// - Returns: nil if the request would have to wait.
  /// - Throws: ``Refusal`` if it can never go, or the limiter is being shut down.
  public func tryReserve(_ cost: Cost, priority: Int = 0, tenant: UInt32 = 0) throws(Refusal) -> Reservation? {
    if let place = takeAtOnce(cost, priority, tenant) { return Reservation(place, of: self) }
    return try tryReserveSlowly(Request(cost: cost, priority: priority, tenant: tenant))
  }

  @inline(__always)
  func takeAtOnce(_ cost: Cost, _ priority: Int, _ tenant: UInt32) -> Int? {
    let time = recently()
    return state.withLock { state in
      guard let lease = state.admission.takeAtOnce(cost, priority: priority, tenant: tenant, at: time) else { return nil }
      return state.leases.insert(lease)
    }
  }

  @inline(never)
  func tryReserveSlowly(_ request: Request, countsRefusal: Bool = true) throws(Refusal) -> Reservation? {
    let time = now()
    let place = try state.withLock { state throws(Refusal) -> Int? in
      switch state.admission.tryArrive(request, at: time) {
      case .admitted(let lease): return state.leases.insert(lease)
      case .refused(let refusal):
        if !countsRefusal { state.admission.counts.refused &-= 1 }
        throw refusal
      case .waiting, nil: return nil
      }
    }
    return place.map { Reservation($0, of: self) }
  }

  /// Reserves the right to send a request, and waits for its turn.
  /// - Parameters:
  ///   - cost: what the request reserves and is expected to cost.
  ///   - deadline: how long the request may wait; nil: without a bound. If its turn would come later, it is refused immediately.
  ///   - priority: 0 is the most urgent.
  ///   - tenant: tenants share each priority by their weights.
  ///   - isRetry: whether the server throttled the request before. A retry goes ahead of its tenant's other requests, within the
  ///     retry budget.
  /// - Throws: ``Refusal``; `CancellationError` if the task was cancelled, in which case nothing is reserved.
  public func reserve(
    _ cost: Cost, deadline: Duration? = nil, priority: Int = 0, tenant: UInt32 = 0, isRetry: Bool = false
  ) async throws -> Reservation {
    try Task.checkCancellation()
    // The stack frames of its task take most of a waiting request's memory. So everything but its id stays in functions that
    // return before the wait.
    switch enter(cost, deadline: deadline, priority: priority, tenant: tenant, isRetry: isRetry) {
    case .admitted(let place): return Reservation(place, of: self)
    case .refused(let refusal): throw refusal
    case .waiting(let id):
      await waitForAnswer(id)
      return try fetchAnswer(id)
    }
  }

  /// Reserves as ``reserve(_:deadline:priority:tenant:isRetry:)`` does, for a caller whose request may come back.
  /// - Parameters:
  ///   - place: where the request waited when it left the queue; nil: it is new. A place in another limiter's queue counts as nil.
  ///   - onWait: called before the wait, with the place that the request has and the time until its turn, if nothing else changes.
  package func reserve(
    _ cost: Cost, deadline: Duration?, priority: Int, tenant: UInt32, isRetry: Bool = false, place: QueuePlace?,
    onWait: (QueuePlace, Duration) -> Void
  ) async throws -> Reservation {
    let turn = try ask(
      cost, deadline: deadline, priority: priority, tenant: tenant, isRetry: isRetry, place: place, onWait: onWait)
    switch consume turn {
    case .now(let reservation): return reservation
    case .later(let id):
      await waitForAnswer(id)
      return try fetchAnswer(id)
    }
  }

  /// What ``ask(_:deadline:priority:tenant:isRetry:place:onWait:)`` brings.
  package enum Turn: ~Copyable, Sendable {
    case now(Reservation)
    /// The request waits: its answer is to be awaited by ``waitForAnswer(_:)``, and then taken once by ``fetchAnswer(_:)``.
    case later(WaiterID)
  }

  /// Reserves as ``reserve(_:deadline:priority:tenant:isRetry:place:onWait:)`` does, and leaves the wait to the caller, whose task then
  /// has nothing else on its stack.
  package func ask(
    _ cost: Cost, deadline: Duration?, priority: Int, tenant: UInt32, isRetry: Bool = false, place: QueuePlace?,
    onWait: (QueuePlace, Duration) -> Void
  ) throws -> Turn {
    try Task.checkCancellation()
    let entry = withoutActuallyEscaping(onWait) { onWait in
      enter(cost, deadline: deadline, priority: priority, tenant: tenant, isRetry: isRetry, place: place, onWait: onWait)
    }
    switch entry {
    case .admitted(let place): return .now(Reservation(place, of: self))
    case .refused(let refusal): throw refusal
    case .waiting(let id): return .later(id)
    }
  }

  // MARK: - Changes

  /// Replaces the weights of all tenants from now on. Tenants that are not listed have weight 1. Nobody loses a place in the queue.
  package func setTenantWeights(_ weights: [UInt32: Double]) { change { $0.setTenantWeights(weights, at: $1) } }

  /// Replaces the value of a limit from now on, or adds the limit.
  /// - Parameters:
  ///   - measure: what the limit counts.
  ///   - value: requests or tokens per minute or day, or requests in flight; 0 admits nothing.
  public func setLimit(_ measure: Measure, _ value: Int64) { change { $0.setLimit(measure, value, at: $1) } }

  /// Counts a request that was sent without being admitted here.
  package func debit(_ used: Amounts) { change { $0.debit(used, at: $1) } }

  /// Stops admitting new requests, and returns when all requests that wait or are in flight have ended.
  ///
  /// A request that the server throttled or had no capacity for may be retried, so it is awaited for 20 s. If the task is
  /// cancelled, the call returns at once, and the limiter goes on draining; a later call waits for the rest.
  public func drain() async {
    let id = state.withLock { state in
      state.lastDrain += 1
      return state.lastDrain
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { wait(for: id, $0) }
    } onCancel: {
      state.withLock { $0.drains.removeValue(forKey: id) }?.resume()
    }
  }

  /// The state of the limiter now.
  public var snapshot: Snapshot {
    let time = now()
    return state.withLock { $0.admission.snapshot(at: time) }
  }
}

extension Limiter {
  /// Requests that wait, and what its limit of tokens refills as far as it is known, in tokens per second; 0: it has none. It costs less
  /// than ``snapshot``.
  package var load: (waiting: Int, tokensPerSecond: Double) { state.withLock { $0.admission.load } }
}

/// A limiter whose units a store grants; see ``LimitSource``.
extension Limiter {
  /// The store has granted a chunk.
  package func grant(_ chunk: PrepaidChunk, of measure: Measure) { change { $0.grant(chunk, of: measure, at: $1) } }

  /// Gives back all chunks that are not used yet.
  package func giveBackChunks() { change { $0.giveBack(at: $1) } }

  /// Tells what may be expected of the store, for estimates of the wait.
  package func expect(_ supply: PrepaidSupply, of measure: Measure) {
    state.withLock { $0.admission.expect(supply, of: measure) }
  }

  /// From now on somebody is told when a request has to wait, and when one was throttled.
  package func tell(_ events: PrepaidEvents) { state.withLock { $0.events = events } }

  /// What this limiter owes the store; nil if the measure isn't prepaid.
  package func owed(_ measure: Measure) -> PrepaidDebt? { state.withLock { $0.admission.owed(measure) } }
}
