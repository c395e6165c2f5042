/// What the members of a simulated fleet ask for.
package enum FleetDemand: Sendable, Equatable {
  /// Every member always has requests that wait.
  case saturated
  /// Some members always have requests that wait; the others ask for 30 % of the quota together.
  case skewed(endless: Int)
  /// Some urgent members ask for 30 % together; the others always have requests that wait.
  case urgent(members: Int)
  /// Every member always has batch work that waits. Some get urgent requests besides, at random times.
  /// - Parameters:
  ///   - members: how many get them.
  ///   - load: what these need of the quota, 0 to 1.
  case tiers(members: Int, load: Double)
  /// Requests come at random times.
  /// - Parameter load: what they need of the quota, 0 to 1.
  case poisson(load: Double)
  /// Requests come in bursts of 20 on average.
  case bursts(load: Double)
}
