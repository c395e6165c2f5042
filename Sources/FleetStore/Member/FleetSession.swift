package import AdmissionControl
import Synchronization

/// Lets a limiter take part in a fleet: it owns the ``FleetMember``, and does what that decides.
///
/// ```swift
/// let session = FleetSession(configuration, limiter: limiter, store: store, scope: scope)
/// try await withThrowingTaskGroup(of: Void.self) { group in
///   group.addTask { try await session.run() }
///   // … reserve …
///   session.stop()
/// }
/// ```
///
/// The limiter must be prepaid. It tells the session when a request has to wait and when one was throttled. Nobody has to tell that a
/// request has ended: the member looks, at most a second later.
package final class FleetSession: Sendable {
  private struct State {
    var member: FleetMember
    var changes = FleetChanges()
    var dice = SystemRandomNumberGenerator()
    /// Why the session can't go on.
    var failure: FleetStoreError?
    var lastError: FleetStoreError?
  }

  private let limiter: Limiter
  private let store: any FleetStore
  private let scope: FleetScope
  private let state: Mutex<State>
  private let signal = FleetSignal()
  private let onChange: @Sendable (FleetChange) -> Void

  /// - Parameters:
  ///   - limiter: its configuration must be prepaid, with the limits of the member's meters.
  ///   - onChange: called for each change of state that an operator should know of, on the task of ``run()`` or of a sync.
  package init(
    _ configuration: FleetMemberConfiguration, limiter: Limiter, store: any FleetStore, scope: FleetScope,
    onChange: @escaping @Sendable (FleetChange) -> Void = { _ in }
  ) {
    self.limiter = limiter
    self.store = store
    self.scope = scope
    self.onChange = onChange
    var configuration = configuration
    // Where weights don't count, a ticket for each tier would cost operations for nothing.
    if !store.ordersByWeight { configuration.tierWeights = [] }
    state = Mutex(State(member: FleetMember(configuration)))
    // The session has the limiter, so the limiter must not have the session.
    limiter.tell(
      PrepaidEvents(
        requestWaits: { [weak self] in self?.signal.set() },
        throttled: { [weak self] in self?.throttled(sentAt: $0) },
        dayIsUsedUp: { [weak self] in self?.dayIsUsedUp(sentAt: $0) }))
  }

  /// Takes part until ``stop()``, and then leaves the fleet. If the task is cancelled, it returns at once, and the store forgets the
  /// member later.
  /// - Throws: ``FleetStoreError`` if the store refuses the member, or doesn't answer at the start and the member has no share of its
  ///   own. Later losses of the store are bridged.
  package func run() async throws(FleetStoreError) {
    // A sync must not hold up the chunks that the member grants itself meanwhile, so it has a child task.
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled, failure == nil {
        switch next() {
        case .grant(let grants): for grant in grants { limiter.grant(grant.chunk, of: grant.measure) }
        case .giveBack: limiter.giveBackChunks()
        case .sync(let request, let timeout): group.addTask { await self.exchange(request, timeout) }
        case .wait(let until): await wait(until: until)
        case .end: return
        }
      }
      group.cancelAll()
    }
    if let failure { throw failure }
  }

  private var failure: FleetStoreError? { state.withLock { $0.failure } }

  private func next() -> FleetAction {
    let time = limiter.time
    let (action, changes) = state.withLock { state in
      let action = state.member.next(limiter, at: time, using: &state.dice)
      return (action, state.changes.look(state.member, state.lastError, at: time))
    }
    for change in changes { tell(change) }
    return action
  }

  private func tell(_ change: FleetChange) {
    // Requests that the new limits can't hold are refused by the limiter itself.
    if case .limits(let limits, isLearnt: false) = change { for limit in limits { limiter.setLimit(limit.measure, limit.value) } }
    onChange(change)
  }

  private func exchange(_ request: SyncRequest, _ timeout: Int64) async {
    do throws(FleetStoreError) {
      let reply = try await store.sync(request, scope: scope, timeout: .nanoseconds(timeout))
      let time = limiter.time
      let supplies = state.withLock { state in
        state.lastError = nil
        state.member.answered(reply, to: request.sequence, at: time, using: &state.dice)
        // Of an answer that was dropped, the levels are old.
        return state.member.answered?.at == time ? state.member.supplies(at: time) : []
      }
      for (measure, supply) in supplies { limiter.expect(supply, of: measure) }
    } catch {
      let time = limiter.time
      state.withLock { state in
        state.lastError = error
        state.member.failed(request.sequence, at: time, using: &state.dice)
        // One that goes on without the store tries again, whatever the store says.
        guard !state.member.hasHadAnswer, !state.member.isInFallback else { return }
        if !error.isLost {
          state.failure = error
        } else if state.member.hasNoShare, state.member.isWithoutStore(at: time) {
          state.failure = .noShare(error)
        }
      }
    }
    signal.set()
  }

  private func wait(until time: Int64?) async {
    guard let time else { return await signal.wait() }
    let nanoseconds = max(0, time &- limiter.time)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.limiter.pause(nanoseconds) }
      group.addTask { await self.signal.wait() }
      await group.next()
      group.cancelAll()
    }
  }

  /// Gives back what isn't used, and lets ``run()`` end. Drain the limiter first: what ends later is not told to the store.
  package func stop() {
    state.withLock { $0.member.stop() }
    signal.set()
  }

  /// The service has throttled a request that the limits had room for.
  private func throttled(sentAt: Int64) {
    let time = limiter.time
    state.withLock { $0.member.throttled(sentAt: sentAt, at: time, using: &$0.dice) }
    signal.set()
  }

  /// The service has refused a request because the tokens of the day are used up.
  private func dayIsUsedUp(sentAt: Int64) {
    let time = limiter.time
    state.withLock { $0.member.dayIsUsedUp(sentAt: sentAt, at: time) }
    signal.set()
  }

  /// Limits were read from the service.
  /// - Parameter time: when they were read, in ms since 1970.
  package func discovered(_ meters: [FleetMemberConfiguration.Meter], at time: Int64) {
    state.withLock { $0.member.discovered(meters, at: time) }
    signal.set()
  }

  /// What the member knows, for logs, metrics and status pages.
  package var status: FleetMemberStatus {
    let time = limiter.time
    return state.withLock { $0.member.status(at: time) }
  }
}

extension FleetStoreError {
  /// - Parameter cause: why the store gave no answer.
  fileprivate static func noShare(_ cause: FleetStoreError) -> FleetStoreError {
    FleetStoreError(
      .unavailable,
      """
      The fleet's store doesn't answer, and this process has never had a share of the quota. Start the store, or say how many \
      members the fleet has, so that each may take an equal part without it. \(cause.message)
      """)
  }
}
