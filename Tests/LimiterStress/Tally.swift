import AdmissionControl

/// What became of the requests, as their callers saw it.
struct Tally: Sendable {
  var asked = 0
  /// Admitted, and settled with this outcome.
  var completed = 0
  var throttled = 0
  var capacity = 0
  var failed = 0
  var released = 0
  /// Admitted, and dropped without settlement.
  var dropped = 0
  /// Not admitted.
  var toldToWait = 0
  var cancelled = 0
  var refusals: [String: Int] = [:]

  private var admitted: Int { completed + throttled + capacity + failed + released + dropped }
  private var refused: Int { refusals.values.reduce(0, +) }

  mutating func refuse(_ refusal: Refusal) {
    refusals["\(refusal.code)", default: 0] += 1
  }

  mutating func add(_ other: Tally) {
    asked += other.asked
    completed += other.completed
    throttled += other.throttled
    capacity += other.capacity
    failed += other.failed
    released += other.released
    dropped += other.dropped
    toldToWait += other.toldToWait
    cancelled += other.cancelled
    refusals.merge(other.refusals, uniquingKeysWith: +)
  }

  /// - Returns: where the limiter's counts differ.
  func compare(with snapshot: Snapshot, asked expected: Int) -> [String] {
    let counts = snapshot.counts
    var complaints: [String] = []
    func check(_ what: String, _ theirs: Int, _ ours: Int) {
      if theirs != ours { complaints.append("\(what): \(theirs) instead of \(ours)") }
    }
    check("requests", asked, expected)
    check("ends of requests", admitted + toldToWait + cancelled + refused, asked)
    check("waiting", snapshot.waiting, 0)
    check("in flight", counts.inFlight, 0)
    for meter in snapshot.meters { check("in flight on \(meter.measure)", Int(meter.inFlight), 0) }
    check("completed", Int(counts.completed), completed)
    check("throttled", Int(counts.throttled), throttled)
    check("capacity", Int(counts.capacity), capacity)
    check("failed", Int(counts.failed), failed + dropped)
    check("refused", Int(counts.refused), refused)
    // Who is cancelled while it waits and who is cancelled as it is let in can't tell from outside which it was; some never came.
    let lost = Int(counts.cancelled) - released
    check("admitted", Int(counts.admitted), admitted + lost)
    if lost < 0 { complaints.append("cancelled: \(counts.cancelled), less than the \(released) that were given back") }
    if lost + Int(counts.cancelledWaiters) > cancelled {
      complaints.append("cancelled: \(lost) + \(counts.cancelledWaiters), more than the \(cancelled) that were")
    }
    return complaints
  }
}

extension Tally: CustomStringConvertible {
  var description: String {
    let refusals = refusals.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return """
      \(asked) requests: \(completed) completed, \(throttled) throttled, \(capacity) found no room, \(failed) failed, \(released) given back, \
      \(dropped) dropped, \(toldToWait) told to wait, \(cancelled) cancelled, refused: \(refusals)
      """
  }
}
