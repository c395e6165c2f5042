package import AdmissionControl

/// Knows the server's bucket as well as the server does, and sends the next in line as soon as it fits: what could be delivered at
/// best, first come, first served.
package struct GreedyOracle: Policy {
  private var window: ServerWindow
  private var tickets: [CallID: (ticket: Int64, reserved: Int64)] = [:]
  private var queue: [(id: CallID, ask: Ask)] = []
  private var first = 0
  private var lastTime: Int64 = 0

  private let reservesBurndown: Bool

  /// - Parameters:
  ///   - quota: tokens per minute, of a single limit.
  ///   - reservesBurndown: whether the server's reservation counts the burndown.
  package init(_ semantics: Semantics, quota: Int64, reservesBurndown: Bool = false) {
    window = ServerWindow(quota: quota, semantics: semantics, phase: 0)
    self.reservesBurndown = reservesBurndown
  }

  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict {
    queue.append((id, ask))
    return .wait
  }

  package mutating func next(at now: Int64) -> Step? {
    lastTime = now
    guard first < queue.count else { return nil }
    let (id, ask) = queue[first]
    let reserved = ask.cost.reserved.tokens + (reservesBurndown ? ask.cost.burndownExtra : 0)
    guard window.has(reserved, at: now) else { return nil }
    tickets[id] = (window.start(reserved, at: now), reserved)
    first += 1
    if first > 1_024 {
      queue.removeFirst(first)
      first = 0
    }
    return .send(id)
  }

  /// Polls every 20 ms.
  package var wakeAt: Int64? { first < queue.count ? lastTime + 20_000_000 : nil }

  package mutating func serverSettled(_ id: CallID, final: Amounts, at time: Int64) {
    guard let (ticket, reserved) = tickets.removeValue(forKey: id) else { return }
    window.settle(ticket, started: reserved, final: final.tokens, at: time)
  }

  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel { .over }
}
