package import AdmissionControl

/// A change of a member's state that an operator should know of.
package enum FleetChange: Sendable, Equatable {
  /// The store has answered for the first time.
  case joined
  /// The store has not answered for two seconds.
  /// - Parameters:
  ///   - part: what the member takes of the limits meanwhile, 0 to 1; 0: it sends nothing.
  ///   - reason: why there was no answer.
  case storeAway(part: Double, reason: String)
  /// The store answers again.
  case storeBack
  /// The store has lost what it knew, and knows it again from its members.
  case storeWasEmpty
  /// Other limits hold.
  /// - Parameter isLearnt: whether throttled requests have lowered them, and not another reading of the quotas.
  case limits([Limit], isLearnt: Bool)
}

/// Finds the changes between two looks at a member.
struct FleetChanges: Sendable {
  private var hasJoined = false
  private var isAway = false
  private var epoch: Int64 = 0
  private var held: (version: Int64, limits: [FleetLimit])?

  mutating func look(_ member: FleetMember, _ error: FleetStoreError?, at now: Int64) -> [FleetChange] {
    var changes: [FleetChange] = []
    if !hasJoined, member.hasHadAnswer {
      hasJoined = true
      changes.append(.joined)
    }
    let isAway = member.isWithoutStore(at: now)
    if isAway != self.isAway {
      self.isAway = isAway
      changes.append(isAway ? .storeAway(part: member.fraction, reason: error?.message ?? "It gave no answer.") : .storeBack)
    }
    if member.epoch != epoch {
      if epoch != 0 { changes.append(.storeWasEmpty) }
      epoch = member.epoch
    }
    if let held, held.version != member.version {
      let (before, isLearnt) = (FleetLearner.isLearnt(held.version), FleetLearner.isLearnt(member.version))
      // Learnt limits move each second, and each member that begins has a version of its own.
      if !isLearnt ? held.limits != member.limits : !before { changes.append(.limits(member.limitsNow, isLearnt: isLearnt)) }
    }
    held = (member.version, member.limits)
    return changes
  }
}

extension FleetMember {
  /// The limits that hold, as a limiter has them.
  var limitsNow: [Limit] { zip(configuration.meters, limits).map { Limit($0.measure, $1.rate) } }

  /// What the limiter may expect of the store.
  func supplies(at now: Int64) -> [(Measure, PrepaidSupply)] {
    // Whoever comes next may be of the tier with most weight.
    let weight = flows.reduce(configuration.weight) { max($0, $1.weight) }
    return zip(configuration.meters, limits).enumerated().compactMap { index, meter in
      guard meter.1.kind == .minute, index < levels.count else { return nil }
      // Members that wait may want less than an equal part, so what this one had lately may be more.
      let part = max(max(1, Double(weight) / 100) / Double(max(waitingMembers, 1)), share.part)
      return (meter.0.measure, PrepaidSupply(free: levels[index], rate: meter.1.rate, part: part, at: now))
    }
  }
}
