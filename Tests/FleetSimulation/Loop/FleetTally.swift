/// What a simulated fleet did.
package struct FleetTally: Sendable {
  /// Final tokens of requests that ended while it was measured, as a share of the quota of that time.
  package var delivered = 0.0
  /// Requests that the service accepted and throttled while it was measured.
  package var accepted = 0
  package var throttled = 0
  /// Jain's index of what members got of what they should get, 1/members to 1.
  package var fairness = 0.0
  /// Syncs per second.
  package var operations = 0.0
  /// Writes to a table per second, also those that it refused, and reads.
  package var writes = 0.0
  package var reads = 0.0
  /// Seconds from arrival to sending, sorted; of saturated fleets none.
  package var waits: [Double] = []
  /// Final tokens of each member.
  package var byMember: [Double] = []
  /// Final tokens, throttled requests and syncs, by second.
  package var deliveredBySecond: [Double] = []
  package var throttledBySecond: [Int] = []
  package var syncsBySecond: [Int] = []
  /// Tokens per second.
  package var rate = 0.0
  /// The lowest that the service's level was above the store's, as a share of the quota; only while they can be compared.
  package var levelMargin = Double.infinity
  /// The first invariant that was broken; nil: all held.
  package var violation: String?

  package var throttledShare: Double { Double(throttled) / Double(max(1, accepted + throttled)) }

  package func wait(quantile: Double) -> Double {
    waits.isEmpty ? .nan : waits[min(waits.count - 1, Int(quantile * Double(waits.count)))]
  }

  /// What was delivered between two seconds, as a share of the quota.
  package func delivered(_ seconds: Range<Int>) -> Double {
    let part = seconds.clamped(to: deliveredBySecond.indices)
    return deliveredBySecond[part].reduce(0, +) / Double(max(1, seconds.count)) / rate
  }

  package func throttled(_ seconds: Range<Int>) -> Int {
    throttledBySecond[seconds.clamped(to: throttledBySecond.indices)].reduce(0, +)
  }

  package func operations(_ seconds: Range<Int>) -> Double {
    Double(syncsBySecond[seconds.clamped(to: syncsBySecond.indices)].reduce(0, +)) / Double(max(1, seconds.count))
  }
}
