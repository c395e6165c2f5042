extension FleetTwin {
  /// Tickets whose members are checked in each sync.
  private static let checkedTickets = 4
  /// Members that are forgotten in each sync.
  private static let forgottenMax = 8
  /// Silent members whose shares are kept.
  private static let silentMax = 64
  /// A member that was silent for this long may use its share without the store, in ms.
  private static let silenceMilliseconds: Int64 = 10_000
  /// And from here on it doesn't any more.
  private static let silenceEndMilliseconds: Int64 = 60_000

  /// Lets members at the front of the queue step aside that don't come, and forgets members that are gone.
  mutating func expire(at now: Int64, _ state: inout FleetState) {
    for ticket in queue.tickets.prefix(Self.checkedTickets) where isStale(members[ticket.name], at: now) {
      // The tag stays in the record, so that the member gets its place back.
      queue.remove(ticket.name)
    }
    let dead = heard { $0 < now - Self.forgetMilliseconds }.prefix(Self.forgottenMax)
    for name in dead {
      if let record = members[name] {
        for (index, owed) in record.owed.enumerated() where state.meters[index].limit.kind == .concurrency {
          state.meters[index].giveBack(owed.reserved)
        }
      }
      remove(name)
    }
  }

  private func isStale(_ record: FleetRecord?, at now: Int64) -> Bool {
    guard let record else { return true }
    return record.due != 0 && (record.due < now || record.due > now + Self.dueMaxMilliseconds)
  }

  /// What silent members may be using by themselves, in millionths of the limit.
  func silentShare(at now: Int64) -> Int64 {
    let names = heard { now - Self.silenceEndMilliseconds <= $0 && $0 < now - Self.silenceMilliseconds }.prefix(Self.silentMax)
    return min(Self.silentShareMax, names.reduce(0) { $0 + (members[$1]?.share ?? 0) })
  }

  /// Members that were heard of last at some times, the longest silent first.
  private func heard(at isWanted: (Int64) -> Bool) -> [String] {
    seen.filter { isWanted($0.value) }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }
}
