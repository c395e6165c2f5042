/// What becomes of a level, as a function that is exact for all levels around an expected one.
///
/// A table can't compute with conditions: it can add to an attribute or replace it. So a plan follows the expected level through
/// all that happens to it, and remembers for which other levels the same addition, or the same new value, would be right. That
/// range becomes the condition of the write.
struct LevelPlan: Sendable, Equatable {
  /// The level after what was planned so far, in units.
  private(set) var level: Int128
  /// What is added to the level; nil: it becomes ``level``, whatever it was.
  private(set) var shift: Int128? = 0
  /// The levels before the plan for which it holds, inclusive; nil: no bound.
  private(set) var lowest: Int128?
  private(set) var highest: Int128?

  /// - Parameter level: the expected one.
  init(_ level: Int128) { self.level = level }

  mutating func add(_ units: Int128) {
    level += units
    shift = shift.map { $0 + units }
  }

  /// The level becomes at most `top`.
  /// - Parameter slack: how much higher it may be without being lowered.
  mutating func lower(to top: Int128, slack: Int128 = 0) {
    guard level > top + slack else { return assume(atMost: top + slack) }
    assume(atLeast: top + slack + 1)
    level = top
    shift = nil
  }

  /// The level becomes at least `bottom`.
  mutating func raise(to bottom: Int128) {
    guard level < bottom else { return assume(atLeast: bottom) }
    assume(atMost: bottom - 1)
    level = bottom
    shift = nil
  }

  /// From here on the plan holds only if the level is this high. The expected one must be.
  mutating func assume(atLeast bottom: Int128) {
    guard let shift else { return }
    lowest = max(lowest ?? bottom - shift, bottom - shift)
  }

  /// The same for a level that is not higher.
  mutating func assume(atMost top: Int128) {
    guard let shift else { return }
    highest = min(highest ?? top - shift, top - shift)
  }

  /// The plan as a change of an attribute that holds `refill − level`.
  /// - Parameters:
  ///   - refill: what has come back since the scope's beginning, in units, by the limits before the plan.
  ///   - newRefill: the same by the limits after it.
  func write(_ name: String, refill: Int128, newRefill: Int128, to update: inout DynamoUpdate) {
    if let highest { update.conditions.append(.atLeast(name, refill - highest)) }
    if let lowest { update.conditions.append(.atMost(name, refill - lowest)) }
    guard let shift else { return update.actions.append(.set(name, .number(newRefill - level))) }
    let change = newRefill - refill - shift
    if change != 0 { update.actions.append(.add(name, change)) }
  }
}
