import AWSClient
import AdmissionControl
import BedrockQuotas
import FleetStore
import Foundation
import Synchronization

/// How one limiter of a client takes part in a fleet. It joins with the first request, and leaves when the session ends or the client is
/// given up.
final class FleetMembership: Sendable {
  private enum Phase: Sendable {
    case idle
    case joining(Task<Void, any Error>)
    case joined
    /// It is not tried again before a time.
    case failed(any Error, until: ContinuousClock.Instant)
  }

  /// The time for which other requests get the same failure, so that not each of them waits for a store that is away.
  private static let failureLasts = Duration.seconds(1)

  private struct State: Sendable {
    var phase = Phase.idle
    var session: FleetSession?
    var meters: [FleetMemberConfiguration.Meter]
    /// When the meters' limits were read, in ms since 1970.
    var readAt: Int64
  }

  private let fleet: Fleet
  private let limiter: Limiter
  private let isStrict: Bool
  /// What the scope is called, after the account and the Region.
  private let family: String
  /// What the scope is called for people.
  private let label: String
  private let state: Mutex<State>

  init(_ fleet: Fleet, _ limiter: Limiter, limits: [Limit], profile: LimiterConfiguration.Profile, family: String, label: String)
  {
    self.fleet = fleet
    self.limiter = limiter
    isStrict = profile == .strict
    self.family = family
    self.label = label
    state = Mutex(State(meters: Self.meters(limits, fleet), readAt: Self.now()))
  }

  /// The member's chunks go back to the store.
  deinit { state.withLock { $0.session }?.stop() }

  private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  /// The limits that are shared, the one that paces most first.
  private static func meters(_ limits: [Limit], _ fleet: Fleet) -> [FleetMemberConfiguration.Meter] {
    measures(of: limits, in: fleet).compactMap { measure in
      limits.first { $0.measure == measure }.map { FleetMemberConfiguration.Meter(measure, limit: $0.value) }
    }
  }

  /// What the meters of a scope count, in the order that all members have them.
  ///
  /// Requests in flight are counted by each process if the store can't, or if nothing else is limited.
  static func measures(of limits: [Limit], in fleet: Fleet) -> [Measure] {
    let measures = order.filter { measure in limits.contains { $0.measure == measure } }
    guard fleet.sharesConcurrency, !measures.isEmpty, limits.contains(where: { $0.measure == .concurrency }) else {
      return measures
    }
    return measures + [.concurrency]
  }

  private static let order: [Measure] = [
    .tokensPerMinute, .inputTokensPerMinute, .outputTokensPerMinute, .requestsPerMinute, .tokensPerDay,
  ]

  /// Whether a fleet can share some of these limits.
  static func shares(_ limits: [Limit]) -> Bool { limits.contains { order.contains($0.measure) } }

  /// Lets a fleet grant what a limiter admits by these limits, if there is one.
  static func apply(_ fleet: Fleet?, to configuration: inout LimiterConfiguration, _ limits: [Limit]) {
    guard let fleet, shares(limits) else { return }
    configuration.isPrepaid = true
    configuration.sharesConcurrency = fleet.sharesConcurrency
  }

  /// A name that no other member ever has.
  static func newName() -> String {
    let bits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return String(repeating: "0", count: 16 - bits.count) + bits
  }

  /// Returns when the store has taken the member, or the member has a part of the quota without it.
  /// - Throws: ``BedquotaError`` (`fleet`) if the store refuses it, or is away and the member has no part; `AWSClientError` if the account
  ///   can't be read. A later call tries again.
  func ready(in session: BedquotaSession) async throws {
    let task: Task<Void, any Error>? = try state.withLock { state in
      switch state.phase {
      case .joined: return nil
      case .joining(let task): return task
      case .failed(let error, let until) where ContinuousClock.now < until: throw error
      case .idle, .failed:
        // Nobody's cancellation ends it: others wait for it too.
        let task = Task { [weak self] in
          guard let self else { throw CancellationError() }
          do {
            try await join(session)
            self.state.withLock { $0.phase = .joined }
          } catch {
            self.state.withLock { $0.phase = .failed(error, until: .now + Self.failureLasts) }
            throw error
          }
        }
        state.phase = .joining(task)
        return task
      }
    }
    try await task?.value
  }

  private func join(_ session: BedquotaSession) async throws {
    let store = try fleet.open(in: session)
    let account = try await fleet.account(of: session)
    let scope = FleetScope(account: account, region: session.region, family: family)
    let (joined, joining) = AsyncThrowingStream<Void, any Error>.makeStream()
    let member = FleetSession(configuration, limiter: limiter, store: store, scope: scope) { [fleet, label] change in
      switch change {
      case .joined: joining.finish()
      case .storeAway(let part, _) where part > 0: joining.finish()
      default: break
      }
      if let sentence = change.sentence(label) { fleet.options.onChange(sentence) }
    }
    let (meters, readAt) = state.withLock { state in
      state.session = member
      return (state.meters, state.readAt)
    }
    member.discovered(meters, at: readAt)
    let isAdded = session.background.add { [weak self] in
      do throws(FleetStoreError) {
        try await member.runUntilCancelled()
        joining.finish(throwing: CancellationError())
      } catch {
        joining.finish(throwing: BedquotaError(.fleet, error.message, parameters: ["fleet"], underlying: error))
      }
      self?.ended(member)
    }
    guard isAdded else { throw CancellationError() }
    for try await _ in joined {}
  }

  /// A member has ended, so the next request joins again.
  private func ended(_ member: FleetSession) {
    state.withLock { state in
      guard state.session === member, case .joined = state.phase else { return }
      state.phase = .idle
    }
  }

  private var configuration: FleetMemberConfiguration {
    let (meters, readAt) = state.withLock { ($0.meters, $0.readAt) }
    var configuration = FleetMemberConfiguration(name: Self.newName(), meters: meters, discoveredAt: readAt)
    configuration.isStrict = isStrict
    configuration.weight = Int64(min(max(fleet.options.weight, 0.01), 10_000) * 100)
    configuration.fallback = fleet.options.fallback.memberFallback
    if fleet.options.hasPriorities { configuration.tierWeights = limiter.tierWeights }
    return configuration
  }

  /// Quotas were read again. The limiter keeps to what the fleet makes of that.
  /// - Parameter limits: measures that are missing have not changed.
  func read(_ limits: [Limit]) {
    let now = Self.now()
    let (session, before, meters) = state.withLock { state in
      let before = state.meters
      for limit in limits {
        for index in state.meters.indices where state.meters[index].measure == limit.measure {
          state.meters[index] = FleetMemberConfiguration.Meter(limit.measure, limit: limit.value)
        }
      }
      return (state.session, before, state.meters)
    }
    guard let session else {
      // The member begins with these, and its limiter with what was known before.
      state.withLock { $0.readAt = now }
      for limit in limits { limiter.setLimit(limit.measure, limit.value) }
      return
    }
    if !fleet.sharesConcurrency {
      for limit in limits where limit.measure == .concurrency { limiter.setLimit(limit.measure, limit.value) }
    }
    let status = session.status
    // Limits that throttled requests have lowered stay until a quota itself has changed.
    if meters == before, FleetMemberConfiguration.isLearnt(status.version) { return }
    // Each reading of the same limits would be a version of its own.
    if status.limits == meters.map(\.limit) { return }
    state.withLock { $0.readAt = now }
    session.discovered(meters, at: now)
  }

  /// What the member knows of its fleet; nil before it has joined.
  var status: FleetMemberStatus? { state.withLock { $0.session }?.status }
}

extension FleetSession {
  /// How long a member that ends may take to tell the store.
  private static let leaveMax = Duration.seconds(3)

  /// Takes part until the task is cancelled, and then leaves the fleet.
  fileprivate func runUntilCancelled() async throws(FleetStoreError) {
    let running = Task { await Result { () async throws(FleetStoreError) in try await self.run() } }
    let result = await withTaskCancellationHandler {
      await running.value
    } onCancel: {
      stop()
      Task {
        try? await Task.sleep(for: Self.leaveMax)
        running.cancel()
      }
    }
    try result.get()
  }
}

extension Result where Success == Void, Failure == FleetStoreError {
  fileprivate init(_ body: () async throws(FleetStoreError) -> Void) async {
    do throws(FleetStoreError) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
