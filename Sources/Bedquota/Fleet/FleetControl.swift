package import AdmissionControl
package import BedrockQuotas
package import FleetStore
package import Foundation

/// What people ask of a fleet's store, and change in it.
package struct FleetControl: Sendable {
  /// One scope, as the store knows it.
  package struct Reading: Sendable {
    package var scope: FleetScope
    /// The id that it was asked for; nil: it was found in the store.
    package var id: String?
    /// What each meter counts; nil if the id that tells it is unknown.
    package var measures: [Measure]?
    /// nil: the store has never heard of it.
    package var status: FleetStatus?
    /// How long the store took to say so.
    package var roundTrip: Duration
  }

  private static let timeout = Duration.seconds(5)

  private let fleet: Fleet
  private let session: BedquotaSession

  /// - Parameter session: signs for the account that has the table, if the store is one.
  package init(_ fleet: Fleet, in session: BedquotaSession) { (self.fleet, self.session) = (fleet, session) }

  /// The scope of an id whose quotas are known.
  package func scope(of resolution: Resolution) async throws -> FleetScope {
    FleetScope(account: try await fleet.account(of: session), region: session.region, family: resolution.family)
  }

  /// The scopes of quotas that the store knows, by name. Budgets of gateways' keys are left out.
  /// - Throws: ``BedquotaError`` (`fleet`).
  package func scopes() async throws(BedquotaError) -> [FleetScope] {
    try await asking { store throws(FleetStoreError) in try await store.scopes(timeout: Self.timeout) }.filter { !$0.isBudget }
  }

  /// Connects and logs in, so that the next answers tell how fast the store is.
  package func connect() async throws(BedquotaError) {
    _ = try await asking { store throws(FleetStoreError) in
      try await store.status(of: FleetScope("connect"), timeout: Self.timeout)
    }
  }

  /// - Parameter resolution: the id that the scope belongs to, if that is known.
  package func reading(of scope: FleetScope, _ resolution: Resolution? = nil) async throws(BedquotaError) -> Reading {
    let clock = ContinuousClock()
    let start = clock.now
    let status = try await asking { store throws(FleetStoreError) in try await store.status(of: scope, timeout: Self.timeout) }
    var reading = Reading(scope: scope, id: resolution?.id, status: status, roundTrip: clock.now - start)
    let measures = resolution.map { FleetMembership.measures(of: QuotaLimits($0, assumedTokensPerMinute: 1).limits, in: fleet) }
    if let measures, status.map({ $0.meters.count == measures.count }) ?? true { reading.measures = measures }
    return reading
  }

  /// Replaces limits for all members until a time, after which the next reading of the quotas counts.
  /// - Parameters:
  ///   - reading: of the scope; the store knows it, and its measures are known.
  ///   - limits: by measure; the others stay.
  ///   - until: when the new limits stop to count more than the account's quotas.
  package func setLimits(_ limits: [Measure: Int64], of reading: Reading, until: Date) async throws(BedquotaError) {
    let name = reading.id ?? reading.scope.name
    guard let status = reading.status else {
      throw BedquotaError(.fleet, "The fleet's store has never heard of \(name); its members bring the limits with them.")
    }
    guard let measures = reading.measures else {
      throw BedquotaError(
        .fleet, "The store has other limits for \(name) than its quotas; see `bedquota fleet status`.")
    }
    for measure in limits.keys where !measures.contains(measure) {
      throw BedquotaError(
        .fleet,
        "\(name) has no limit on \(measure.name); it has \(measures.map(\.quotaMeasure.rawValue).joined(separator: ", ")).")
    }
    let meters = zip(measures, status.meters).map { measure, meter in
      let limit = limits[measure].map { FleetMemberConfiguration.Meter(measure, limit: $0).limit } ?? meter.limit
      return SyncRequest.Meter(limit, hintLevel: meter.level)
    }
    // A member of its own, which owes nothing and is gone again.
    var request = SyncRequest(member: FleetMembership.newName(), sequence: 1, meters: meters)
    request.hintEpoch = status.epoch
    request.isLeaving = true
    let end = Int64(until.timeIntervalSince1970 * 1_000)
    request.version = max(FleetMemberConfiguration.version(discoveredAt: end), status.version / 2 * 2 + 2)
    let scope = reading.scope
    _ = try await asking { [request] store throws(FleetStoreError) in
      try await store.sync(request, scope: scope, timeout: Self.timeout)
    }
  }

  /// Deletes what the store knows of a scope. Its members tell it again what they saw last.
  /// - Returns: false if the store has never heard of it.
  package func reset(_ scope: FleetScope) async throws(BedquotaError) -> Bool {
    try await asking { store throws(FleetStoreError) in try await store.reset(scope, timeout: Self.timeout) }
  }

  /// Lets a member count as gone, with all of its tiers.
  /// - Returns: false if the scope has no such member.
  package func forget(_ member: String, of scope: FleetScope) async throws(BedquotaError) -> Bool {
    var names = [member]
    let tiers = try await asking { store throws(FleetStoreError) -> [FleetStatus.Member] in
      guard store.ordersByWeight else { return [] }
      return try await store.status(of: scope, timeout: Self.timeout)?.members ?? []
    }
    names += tiers.filter { $0.process == member && $0.name != member }.map(\.name)
    var isKnown = false
    for name in names {
      let isMember = try await asking { store throws(FleetStoreError) in
        try await store.forget(name, scope: scope, timeout: Self.timeout)
      }
      isKnown = isKnown || isMember
    }
    return isKnown
  }

  private func asking<Answer>(
    _ body: (any FleetStore) async throws(FleetStoreError) -> Answer
  ) async throws(BedquotaError) -> Answer {
    let store = try fleet.open(in: session)
    do throws(FleetStoreError) {
      return try await body(store)
    } catch {
      throw BedquotaError(.fleet, error.message, parameters: ["fleet"], underlying: error)
    }
  }
}
