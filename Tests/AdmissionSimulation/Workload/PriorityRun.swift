import AdmissionControl

/// A standing backlog of urgent requests of 1,000 tokens on a limit of a million, and one large request of the lowest priority.
package struct PriorityRun {
  private static let limit: Int64 = 1_000_000
  private static let size: Int64 = 1_000
  private static let backlog = 750
  private static let second: Int64 = 1_000_000_000

  /// Seconds that urgent requests waited, the median of minutes 1 to 10.
  package private(set) var medianWait = 0.0
  /// Seconds that the large request waited; nil if it was not admitted within half an hour.
  package private(set) var largeWait: Double?

  /// - Parameter large: tokens of the large request, which arrives after a minute; nil: there is none.
  package init(large: Int64?) {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, Self.limit)])
    configuration.learnsLimits = false
    var state = AdmissionState(configuration, at: 0)
    var arrivals: [WaiterID: Int64] = [:]
    var waits: [Double] = []
    var (now, largeID): (Int64, WaiterID?) = (0, nil)
    func ask(_ tokens: Int64, _ priority: Int) -> WaiterID? {
      let amounts = Amounts(tokens: tokens)
      let request = Request(cost: Cost(reserved: amounts, known: amounts, predicted: amounts), priority: priority)
      while true {
        switch state.arrive(request, at: now) {
        case .waiting(let id, _): return id
        case .refused: return nil
        // The requests that go at once use the full meter up; the backlog begins after them.
        case .admitted(let lease): state.settle(lease, .completed(amounts), at: now)
        }
      }
    }
    for _ in 0..<Self.backlog { if let id = ask(Self.size, 0) { arrivals[id] = now } }
    while now < 30 * 60 * Self.second {
      if now >= 60 * Self.second, largeID == nil, let large { largeID = ask(large, 2) }
      while let action = state.next(at: now) {
        guard case .admit(let id, let lease) = action else { continue }
        state.settle(lease, .completed(lease.reserved), at: now)
        guard id != largeID else {
          largeWait = Double(now - 60 * Self.second) / 1e9
          continue
        }
        if let since = arrivals.removeValue(forKey: id), (60..<600).contains(now / Self.second) {
          waits.append(Double(now - since) / 1e9)
        }
        if let next = ask(Self.size, 0) { arrivals[next] = now }
      }
      now = min(state.wakeAt ?? .max, now + Self.second)
    }
    medianWait = waits.sorted()[waits.count / 2]
  }
}
