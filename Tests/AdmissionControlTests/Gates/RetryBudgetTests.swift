import AdmissionControl
import Testing

struct RetryBudgetTests {
  /// The distance of two times may exceed 64 bits.
  @Test func anyTimesAreSound() {
    for (start, end) in [(Int64.min, Int64.max), (-1, .max), (.max, .min), (.min, -1)] {
      var budget = RetryBudget(perAdmission: 0.1, perSecond: 1, at: start)
      let saved = taken(&budget, at: start)
      let later = taken(&budget, at: end)
      #expect(saved == 10 && later == (end > start ? 10 : 0))
    }
  }

  private func taken(_ budget: inout RetryBudget, at now: Int64) -> Int {
    var count = 0
    while count < 1_000_000, budget.take(at: now) { count += 1 }
    return count
  }

  @Test func tenSecondsAreSavedUpAndNoMore() {
    var budget = RetryBudget(perAdmission: 0.1, perSecond: 2, at: 0)
    #expect(taken(&budget, at: 0) == 20)
    #expect(taken(&budget, at: 3 * second) == 6)
    #expect(taken(&budget, at: 3_600 * second) == 20)
  }

  @Test func aTenthOfAdmissionsComesOnTop() {
    var budget = RetryBudget(perAdmission: 0.125, perSecond: 0, at: 0)
    #expect(taken(&budget, at: 0) == 10)
    for _ in 0..<40 { budget.admitted() }
    #expect(taken(&budget, at: 0) == 5)
    for _ in 0..<1_000 { budget.admitted() }
    #expect(taken(&budget, at: 0) == 10)
  }

  @Test func timeGoingBackBringsNothing() {
    var budget = RetryBudget(perAdmission: 0, perSecond: 1, at: 100 * second)
    #expect(taken(&budget, at: 100 * second) == 10)
    #expect(taken(&budget, at: 0) == 0)
    #expect(taken(&budget, at: 105 * second) == 5)
  }

  @Test(arguments: [-1.0, -.infinity, .nan])
  func ratesThatAreNoneAreNothing(rate: Double) {
    var budget = RetryBudget(perAdmission: rate, perSecond: rate, at: 0)
    #expect(taken(&budget, at: 0) == 10)
    for _ in 0..<100 { budget.admitted() }
    #expect(taken(&budget, at: 3_600 * second) == 0)
  }
}
