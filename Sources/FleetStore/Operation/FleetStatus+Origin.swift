extension FleetStatus {
  /// Where the limits of a scope come from.
  package enum Origin: Sendable, Equatable {
    /// They are the account's quotas, as they were read last.
    case quotas
    /// Throttled requests have lowered them.
    case learnt
    /// Somebody has set them.
    /// - Parameter until: when a reading of the quotas counts again, in ms since 1970.
    case manual(until: Int64)
  }

  /// A version of discovered limits is twice the time of their reading. Limits that were set by hand have that of their end.
  package var limitsOrigin: Origin {
    if FleetLearner.isLearnt(version) { return .learnt }
    return version / 2 > now ? .manual(until: version / 2) : .quotas
  }

  /// Members that were not heard of for longer, in ms, count as absent.
  package static let silenceMax: Int64 = 15_000
}

extension FleetStatus.Member {
  package var isPresent: Bool { silence.map { $0 <= FleetStatus.silenceMax } ?? false }
}
