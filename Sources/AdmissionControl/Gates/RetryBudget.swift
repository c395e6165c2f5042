/// Bounds retries to a share of the admitted requests plus a number per second.
package struct RetryBudget: Sendable {
  /// How many seconds of retries can be saved up.
  private static let savedSecondsMax = 10.0

  private let perAdmission: Double
  private let perSecond: Double
  private let capacity: Double
  private var available: Double
  private var updatedAt: Int64

  /// A full budget.
  /// - Parameters:
  ///   - perAdmission: retries for each admitted request.
  ///   - perSecond: retries per second, on top.
  package init(perAdmission: Double, perSecond: Double, at now: Int64) {
    self.perAdmission = perAdmission > 0 ? perAdmission : 0
    self.perSecond = perSecond > 0 ? perSecond : 0
    capacity = Self.savedSecondsMax * max(self.perSecond, 1)
    available = capacity
    updatedAt = now
  }

  @inline(__always)
  package mutating func admitted() { available = min(capacity, available + perAdmission) }

  /// An admission is no longer one.
  mutating func takeBackAdmission() { available = max(0, available - perAdmission) }

  /// A retry was not sent.
  mutating func giveBack() { available = min(capacity, available + 1) }

  /// Takes one retry.
  /// - Returns: false if the budget is used up.
  package mutating func take(at now: Int64) -> Bool {
    if now > updatedAt {
      // The difference of two times may exceed 64 bits, but not that of two floating-point numbers.
      let (elapsed, isLong) = now.subtractingReportingOverflow(updatedAt)
      available = min(capacity, available + perSecond * (isLong ? 1e19 : Double(elapsed)) / 1e9)
      updatedAt = now
    }
    guard available >= 1 else { return false }
    available -= 1
    return true
  }
}
