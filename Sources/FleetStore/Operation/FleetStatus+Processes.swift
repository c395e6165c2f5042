extension FleetStatus {
  /// The members by process: one whose tiers have tickets of their own is a member for each of them in the store.
  package var processes: [Member] {
    var processes: [Member] = []
    // Members are in the order of their names, so those of a process stand together.
    for member in members {
      if let last = processes.last, last.name == member.process, member.name != member.process {
        processes[processes.count - 1] = last.joined(by: member)
      } else {
        var first = member
        first.name = member.process
        processes.append(first)
      }
    }
    return processes
  }
}

extension FleetStatus.Member {
  /// The process that it belongs to.
  package var process: String { FleetFlow.process(of: name) }

  /// With another tier of the same process. When all its tiers wait, its part is that of their weights together.
  fileprivate func joined(by other: FleetStatus.Member) -> FleetStatus.Member {
    var both = self
    both.weight += other.weight
    both.sequence = max(sequence, other.sequence)
    both.owed = zip(owed, other.owed).map { $0 + $1 }
    both.silence = [silence, other.silence].compactMap { $0 }.min()
    both.isWaiting = isWaiting || other.isWaiting
    both.fallback += other.fallback
    both.share += other.share
    return both
  }
}
