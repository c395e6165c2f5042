extension FleetTwin {
  /// What is known, with the levels refilled; nil if the scope isn't known.
  /// - Parameter now: the store's clock, in ms since 1970.
  package func status(at now: Int64) -> FleetStatus? {
    guard let state else { return nil }
    var meters = state.meters
    for index in meters.indices { meters[index].refill(at: now) }
    let members = self.members.sorted { $0.key < $1.key }.map { name, record in
      FleetStatus.Member(
        name: name, weight: record.weight, sequence: record.sequence, owed: record.owed,
        silence: seen[name].map { max(0, now - $0) },
        isWaiting: queue.tag(of: name) != nil, fallback: record.fallback, share: record.share)
    }
    return FleetStatus(
      epoch: state.epoch, now: now, version: state.version, total: state.total, windowSum: state.windowSum,
      meters: meters.map { FleetStatus.Meter(limit: $0.limit, level: $0.level, pacer: $0.pacer) }, members: members)
  }

  /// Lets the next sync of any member forget this one.
  /// - Returns: false if there is no such member.
  package mutating func forget(_ member: String) -> Bool {
    let name = FleetName.encode(member)
    guard seen[name] != nil else { return false }
    seen[name] = 0
    return true
  }

  /// One of a server's keys.
  package enum Key: Int, CaseIterable, Sendable {
    case state, members, queue, seen, window
  }

  /// Loses one key, as a server does that evicts keys.
  package mutating func lose(_ key: Key) {
    switch key {
    case .state: state = nil
    case .members: members = [:]
    case .queue: queue = FleetQueue()
    case .seen: seen = [:]
    case .window: window = FleetWindow()
    }
  }

  /// The stored forms of the state, of a member and of the strict window, for comparing with a server.
  package var stateText: String? { state?.text }
  package func recordText(of member: String) -> String? { members[FleetName.encode(member)]?.text }
  package var windowSlots: [Int64: Int64] { window.units }
}
