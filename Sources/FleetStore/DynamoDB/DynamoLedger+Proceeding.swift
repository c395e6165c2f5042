/// Goes on with a sync, or gives it up.
extension DynamoLedger {
  /// Others were always faster. A member that waits asks again soon.
  private mutating func giveUp(
    _ attempt: Attempt, at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    self.attempt = nil
    guard let item, !attempt.request.bundles.isEmpty, !attempt.request.isLeaving else { throw .crowdedTable }
    sequence = attempt.request.sequence
    turn.mustWait(Int64(Double(Self.givenUpMilliseconds) * dice.unit()), at: now)
    return .answer(.answer(unwritten(attempt.request, item, at: now)))
  }

  /// Decides on the next step, by the item as it was seen last.
  mutating func proceed(
    at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    guard var attempt else { throw .lostItself }
    guard attempt.steps < Self.stepsMax else { return try giveUp(attempt, at: now, using: &dice) }
    let step: Step
    do {
      step = try decide(&attempt, at: now, using: &dice)
    } catch {
      self.attempt = nil
      throw error
    }
    switch step {
    case .answer:
      self.attempt = nil
      sequence = attempt.request.sequence
    case .read, .write:
      attempt.steps += 1
      self.attempt = attempt
    }
    return step
  }
}
