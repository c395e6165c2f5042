/// Puts results into the order of their records, or returns them as they arrive.
struct ResultOrder: Sendable {
  private let isOrdered: Bool
  /// Results that wait for earlier ones, by their position.
  private var early: [Int: BatchResult?] = [:]
  /// The first position without a result.
  private var next = 0

  init(isOrdered: Bool) { self.isOrdered = isOrdered }

  /// - Parameters:
  ///   - result: nil if the record is left for another run, so that nobody waits for it.
  ///   - position: zero-based position of the record within this run.
  /// - Returns: the results that can be written now, in order, with their positions; none if the result waits for an earlier one.
  mutating func arrived(_ result: BatchResult?, position: Int) -> [(position: Int, result: BatchResult?)] {
    guard isOrdered else { return [(position, result)] }
    early.updateValue(result, forKey: position)
    var ready: [(position: Int, result: BatchResult?)] = []
    while let result = early.removeValue(forKey: next) {
      ready.append((next, result))
      next += 1
    }
    return ready
  }

  /// Whether a result that arrived waits for an earlier one.
  func isWaiting(_ position: Int) -> Bool { early[position] != nil }
}
