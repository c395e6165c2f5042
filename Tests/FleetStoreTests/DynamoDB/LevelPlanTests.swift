import Testing

@testable import FleetStore

/// A plan must be right for every level that its conditions let pass, not only for the expected one.
struct LevelPlanTests {
  private enum Step: CaseIterable {
    case credit, debit, cap, floor

    func apply(_ level: Int128) -> Int128 {
      switch self {
      case .credit: level + 30
      case .debit: level - 50
      case .cap: min(level, 100)
      case .floor: max(level, -40)
      }
    }

    func apply(_ plan: inout LevelPlan) {
      switch self {
      case .credit: plan.add(30)
      case .debit: plan.add(-50)
      case .cap: plan.lower(to: 100)
      case .floor: plan.raise(to: -40)
      }
    }
  }

  /// What a table makes of `refill − level` by the plan; nil: refused.
  private func written(_ plan: LevelPlan, actual: Int128, refill: Int128) throws -> Int128? {
    var update = DynamoUpdate()
    plan.write("l0", refill: refill, newRefill: refill, to: &update)
    guard case .written(let item) = try update.apply(to: ["l0": .number(refill - actual)]) else { return nil }
    return refill - (try #require(item["l0"]?.number))
  }

  @Test func everyAllowedLevelBecomesWhatItShould() throws {
    for first in Step.allCases {
      for second in Step.allCases {
        for third in Step.allCases {
          for expected in stride(from: Int128(-120), through: 200, by: 20) {
            var plan = LevelPlan(expected)
            for step in [first, second, third] { step.apply(&plan) }
            var passed = 0
            for actual in stride(from: Int128(-130), through: 210, by: 5) {
              guard let new = try written(plan, actual: actual, refill: 1_000) else { continue }
              passed += 1
              #expect(new == third.apply(second.apply(first.apply(actual))), "\(first) \(second) \(third) \(expected) \(actual)")
            }
            #expect(passed > 0)
          }
        }
      }
    }
  }

  @Test func theExpectedLevelAlwaysPasses() throws {
    for expected in stride(from: Int128(-120), through: 200, by: 1) {
      var plan = LevelPlan(expected)
      plan.lower(to: 100)
      plan.add(30)
      plan.lower(to: 100)
      plan.raise(to: -40)
      if plan.level >= 50 { plan.assume(atLeast: 50) }
      plan.add(-50)
      #expect(try written(plan, actual: expected, refill: -7) == plan.level)
    }
  }

  @Test func newLimitsRaiseTheRefillAndKeepTheLevel() throws {
    var plan = LevelPlan(10)
    plan.add(5)
    var update = DynamoUpdate()
    plan.write("l0", refill: 1_000, newRefill: 3_000, to: &update)
    guard case .written(let item) = try update.apply(to: ["l0": .number(990)]) else {
      Issue.record("refused")
      return
    }
    #expect(item["l0"] == .number(2_985))
  }
}
