/// Bounds retries: so many for each admission, and for each second, of which ten seconds may be saved up.
package struct RetryBudget: Sendable {
  private let perAdmission: Double
  private let perSecond: Double
  private var available: Double
  private var updatedAt: Int64

  private let capacity: Double

  package init(perAdmission: Double, perSecond: Double, at now: Int64) {
    self.perAdmission = perAdmission > 0 ? perAdmission : 0
    self.perSecond = perSecond > 0 ? perSecond : 0
    capacity = 10 * max(self.perSecond, 1)
    available = capacity
    updatedAt = now
  }

  @inline(__always)
  package mutating func admitted() { available = min(capacity, available + perAdmission) }

  package mutating func take(at now: Int64) -> Bool {
    if now > updatedAt {
      available = min(capacity, available + perSecond * Double(now - updatedAt) / 1e9)
      updatedAt = now
    }
    guard available >= 1 else { return false }
    available -= 1
    return true
  }
}
