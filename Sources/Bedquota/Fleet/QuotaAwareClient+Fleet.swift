package import AdmissionControl
package import BedrockQuotas
package import FleetStore

/// A client whose quotas a fleet shares.
struct ClientFleet: Sendable {
  /// nil if the model has no quotas that can be shared.
  let ordinary: FleetMembership?
  /// nil if the model has no quotas for long prompts.
  let longContext: FleetMembership?

  /// nil if the client's quotas aren't shared.
  init?(
    _ options: QuotaAwareClient.Options, _ resolution: Resolution, _ limiter: Limiter, limits: [Limit],
    _ longContext: LongContext?
  ) {
    guard let fleet = options.fleet else { return nil }
    let family = resolution.family
    ordinary =
      FleetMembership.shares(limits)
      ? FleetMembership(fleet, limiter, limits: limits, profile: options.profile, family: family, label: resolution.id) : nil
    self.longContext = longContext.flatMap { long in
      guard FleetMembership.shares(long.limits) else { return nil }
      return FleetMembership(
        fleet, long.limiter, limits: long.limits, profile: options.profile, family: family + ":1m",
        label: "\(resolution.id) (long prompts)")
    }
  }
}

extension QuotaAwareClient {
  /// Joins the fleet, if there is one. Requests do this themselves; a program that does it first hears of a wrong address at once.
  /// - Throws: ``BedquotaError`` (`fleet`) if the store refuses this process, or is away and the process has no part of the quota without it.
  package func joinFleet() async throws {
    guard let fleet else { return }
    guard options.timeScale == 1 else {
      throw BedquotaError(
        .fleet, "The clock of the service runs at another speed than that of the fleet's store; use one at normal speed.",
        parameters: ["fleet"])
    }
    try await fleet.ordinary?.ready(in: session)
    try await fleet.longContext?.ready(in: session)
  }

  /// What this process knows of the fleet that shares the quotas; nil if it has not joined one.
  package var fleetStatus: FleetMemberStatus? { fleet?.ordinary?.status }

  /// What the store had free of each limit at its last answer, in units; empty if there is no fleet.
  package var fleetLevels: [(measure: Measure, level: Int64)] {
    guard let fleet = options.fleet, let status = fleetStatus else { return [] }
    return zip(FleetMembership.measures(of: limits, in: fleet), status.levels).map { ($0, $1) }
  }
}

extension Resolution {
  /// What ids have in common whose requests count against the same quotas, such as `runtime:L-0A1B:L-2C3D`: codes of quotas, or else the model and how it is
  /// invoked, or else the id.
  package var family: String {
    let quotas: [String]
    // All models count against the account's quota.
    let codes = self.quotas.map(\.quota).filter { $0.name.scope != .other }.map(\.code)
    if !codes.isEmpty {
      quotas = codes.sorted()
    } else if let modelID {
      quotas = [modelID.description, scope.rawValue]
    } else {
      quotas = [id]
    }
    return ([endpoint.rawValue] + quotas).joined(separator: ":")
  }
}
