import FleetStore
import Foundation
import Synchronization

/// Tells the other gateways of a fleet what each caller has used of its budget for the day, and hears what they have.
///
/// A budget is a meter that doesn't refill, in a scope of the caller and the day. Each gateway owes it what its requests have used or
/// reserved, and what else is missing was used elsewhere. A gateway hears of the others within ``period`` of its own requests, so
/// callers may overrun a budget by what they use in that time.
final class BudgetSharing: Sendable {
  /// What one caller's budget was when the store was told last.
  private struct Told: Sendable {
    var day: Int64 = .min
    var sequence: Int64 = 0
    var use = CallerBudget.Use()
    /// What the store has answered to.
    var acknowledged = CallerBudget.Use()
    /// When it answered.
    var answeredAt: Int64 = .min
    /// Whether it hasn't answered yet, so that it may be another store by now.
    var isAsking = false
    var attempts: UInt64 = 0
    /// Whether people were told that the store refuses it.
    var isRefused = false
    var at: Int64 = -1_000_000
    var changedAt: Int64 = .min
    var epoch: Int64 = 0
    var levels: [Int64] = []
  }

  /// Seconds between two looks.
  static let period: Int64 = 1
  /// Seconds after which a caller that sends requests hears of the others, though it has used nothing itself.
  private static let refresh: Int64 = 5
  /// A caller without requests for so many seconds needs to hear nothing.
  private static let idle: Int64 = 60
  /// Seconds after which the store may have forgotten a member that said nothing: half of the time that it takes.
  private static let memory: Int64 = 300
  private static let timeout = Duration.seconds(2)

  private let store: any FleetStore
  /// Called with a sentence when the store refuses a budget.
  private let onProblem: @Sendable (String) -> Void
  private let registry: CallerRegistry
  /// When the limits were read, in ms since 1970. The newest limits of a fleet hold.
  private let readAt = Mutex(BudgetSharing.milliseconds())
  private let member: String
  private let told = Mutex<[String: Told]>([:])

  /// - Parameter member: a name that no other gateway has.
  init(
    _ store: any FleetStore, registry: CallerRegistry, member: String, onProblem: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.store, self.registry, self.member, self.onProblem) = (store, registry, member, onProblem)
  }

  /// The configuration was read again.
  func limitsWereRead() { readAt.withLock { $0 = Self.milliseconds() } }

  /// Shares budgets until the task is cancelled, and then tells the rest.
  func run() async {
    while (try? await Task.sleep(for: .seconds(Self.period))) != nil { await share(at: Self.now()) }
    // The task is cancelled, and the last words are not.
    await Task { await share(at: Self.now(), isLast: true) }.value
  }

  private static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
  private static func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

  /// Tells and hears what is due.
  /// - Parameter now: seconds since 1970.
  func share(at now: Int64, isLast: Bool = false) async {
    for (name, account) in registry.accounts {
      let budget = account.snapshot(at: now)
      guard !budget.limits.isEmpty else { continue }
      // The store is away for all of them. Quotas in the same store tell so in the log.
      guard await tell(name, account, budget, at: now, isLast: isLast) else { return }
    }
  }

  /// - Returns: whether the store is there.
  private func tell(
    _ name: String, _ account: CallerAccount, _ budget: CallerBudget.Snapshot, at now: Int64, isLast: Bool
  ) async -> Bool {
    guard let due = due(name, budget, at: now) else { return true }
    let scope = Self.scope(name, day: budget.day)
    // Of a member that the store doesn't know, it takes the first sum for one that is spent already.
    for use in due.isIntroduced ? [budget.own] : [due.acknowledged, budget.own] {
      let request = request(name, budget, use: use, isLast: isLast && use == budget.own)
      do throws(FleetStoreError) {
        let reply = try await store.sync(request, scope: scope, timeout: Self.timeout)
        if case .answer(let answer) = reply { heard(answer, of: name, account, request, budget.day, at: now) }
      } catch {
        guard !error.isLost else { return false }
        if isFirstRefusal(of: name) {
          onProblem(
            "The fleet's store refuses the budget of the key \(name), so this gateway counts it alone today. \(error.message)")
        }
        return true
      }
    }
    return true
  }

  /// Where a caller's budget of a day is.
  private static func scope(_ name: String, day: Int64) -> FleetScope { .budget(of: name, day: day) }

  private func isFirstRefusal(of name: String) -> Bool {
    told.withLock { all in
      defer { all[name]?.isRefused = true }
      return all[name]?.isRefused == false
    }
  }

  /// - Returns: nil if the store need not be told now.
  private func due(
    _ name: String, _ budget: CallerBudget.Snapshot, at now: Int64
  ) -> (isIntroduced: Bool, acknowledged: CallerBudget.Use)? {
    told.withLock { all in
      var told = all[name] ?? Told()
      if told.day != budget.day { told = Told(day: budget.day, sequence: told.sequence) }
      if told.use != budget.own || told.attempts != budget.attempts { told.changedAt = now }
      let isActive = told.changedAt > .min && now - told.changedAt < Self.idle
      // What the store hasn't answered to is told again, however long that takes.
      let isOpen = told.acknowledged != budget.own
      let isNew = told.use != budget.own
      (told.attempts, told.use) = (budget.attempts, budget.own)
      guard isNew || ((isActive || isOpen) && now - told.at >= Self.refresh) else {
        all[name] = told
        return nil
      }
      let isIntroduced = told.answeredAt > .min && now - told.answeredAt < Self.memory && !told.isAsking
      (told.at, told.isAsking) = (now, true)
      all[name] = told
      return (isIntroduced, told.acknowledged)
    }
  }

  private func request(
    _ name: String, _ budget: CallerBudget.Snapshot, use: CallerBudget.Use, isLast: Bool
  ) -> SyncRequest {
    told.withLock { all in
      // `due` has made it.
      var told = all[name, default: Told(day: budget.day)]
      told.sequence += 1
      all[name] = told
      let owed = [use.tokens, use.requests]
      let limits = [budget.limits.tokensPerDay, budget.limits.requestsPerDay].map { limit in
        let units = min(max(limit ?? FleetBounds.unitsMax, 0), FleetBounds.unitsMax)
        return FleetLimit(.day, rate: 0, capacity: units)
      }
      var request = SyncRequest(
        member: member, sequence: told.sequence,
        meters: limits.indices.map { index in
          SyncRequest.Meter(
            limits[index], owed: FleetAmount(reserved: owed[index], predicted: 0),
            hintLevel: told.levels.isEmpty ? limits[index].capacity : told.levels[index])
        })
      request.version = FleetMemberConfiguration.version(discoveredAt: readAt.withLock { $0 })
      request.hintEpoch = told.epoch
      request.isLeaving = isLast
      return request
    }
  }

  private func heard(
    _ answer: SyncReply.Answer, of name: String, _ account: CallerAccount, _ request: SyncRequest, _ day: Int64, at now: Int64
  ) {
    guard answer.levels.count == request.meters.count else { return }
    told.withLock { all in
      all[name]?.epoch = answer.epoch
      all[name]?.levels = answer.levels
      all[name]?.answeredAt = now
      all[name]?.isAsking = false
      all[name]?.acknowledged = CallerBudget.Use(
        tokens: request.meters[0].owed.reserved, requests: request.meters[1].owed.reserved)
    }
    let capacities = answer.limits.isEmpty ? request.meters.map(\.limit.capacity) : answer.limits.map(\.capacity)
    let others = request.meters.indices.map { index in
      max(0, capacities[index] - answer.levels[index] - request.meters[index].owed.reserved)
    }
    account.heard(CallerBudget.Use(tokens: others[0], requests: others[1]), ofDay: day, at: now)
  }
}
