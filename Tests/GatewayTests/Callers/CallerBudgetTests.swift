import Testing

@testable import Gateway

struct CallerBudgetTests {
  /// 2026-11-29 23:00 UTC.
  private static let evening: Int64 = 1_795_993_200

  @Test func theEveningIsAnHourBeforeMidnight() { #expect(Self.evening % 86_400 == 23 * 3_600) }

  @Test func reservationsCannotOverrunTheBudgetTogether() throws {
    var budget = CallerBudget(BudgetLimits(tokensPerDay: 1_000))
    let first = try budget.reserve(600, at: Self.evening)
    #expect(throws: CallerBudget.Excess(measure: .tokens, limit: 1_000, left: 400, needed: 401, resetsIn: 3_600)) {
      try budget.reserve(401, at: Self.evening)
    }
    let second = try budget.reserve(400, at: Self.evening)
    budget.settle(first, used: 100, at: Self.evening + 1)
    budget.settle(second, used: 400, at: Self.evening + 1)
    let snapshot = budget.snapshot(at: Self.evening + 1)
    #expect(snapshot.tokensUsed == 500 && snapshot.tokensReserved == 0 && snapshot.tokensLeft == 500 && snapshot.requests == 2)
  }

  @Test(arguments: [(-5, 0), (0, 0), (50, 50), (100, 100), (101, 100), (Int64.max, 100)] as [(Int64, Int64)])
  func usageIsClampedToTheReservation(used: Int64, counted: Int64) throws {
    var budget = CallerBudget(BudgetLimits(tokensPerDay: 1_000))
    let reservation = try budget.reserve(100, at: Self.evening)
    budget.settle(reservation, used: used, at: Self.evening)
    #expect(budget.snapshot(at: Self.evening).tokensUsed == counted)
  }

  /// What is usual is reserved; what is used beyond it counts when the request has ended.
  @Test(arguments: [(50, 50), (100, 100), (250, 250), (301, 300)] as [(Int64, Int64)])
  func usageBeyondTheReservationCountsWhereMoreIsPossible(used: Int64, counted: Int64) throws {
    var budget = CallerBudget(BudgetLimits(tokensPerDay: 200))
    let reservation = try budget.reserve(100, most: 300, at: Self.evening)
    #expect(budget.snapshot(at: Self.evening).tokensReserved == 100)
    budget.settle(reservation, used: used, at: Self.evening)
    let snapshot = budget.snapshot(at: Self.evening)
    #expect(snapshot.tokensUsed == counted && snapshot.tokensReserved == 0 && snapshot.tokensLeft == max(0, 200 - counted))
  }

  @Test func aNewDayHasItsOwnBudget() throws {
    var budget = CallerBudget(BudgetLimits(tokensPerDay: 100, requestsPerDay: 1))
    let old = try budget.reserve(100, at: Self.evening)
    #expect(throws: CallerBudget.Excess.self) { try budget.reserve(0, at: Self.evening + 3_599) }
    let new = try budget.reserve(40, at: Self.evening + 3_600)
    // What began yesterday changes nothing today.
    budget.settle(old, used: 100, at: Self.evening + 3_601)
    #expect(budget.snapshot(at: Self.evening + 3_601).tokensReserved == 40)
    budget.settle(new, used: 40, at: Self.evening + 3_602)
    #expect(budget.snapshot(at: Self.evening + 3_602).tokensUsed == 40)
  }

  @Test func aClockThatIsSetBackGivesNothing() throws {
    var budget = CallerBudget(BudgetLimits(requestsPerDay: 1))
    _ = try budget.reserve(1, at: Self.evening + 3_600)
    #expect(throws: CallerBudget.Excess.self) { try budget.reserve(1, at: Self.evening) }
    #expect(throws: CallerBudget.Excess.self) { try budget.reserve(1, at: Self.evening + 3_600) }
  }

  @Test func whatWasNeverSentIsNoRequest() throws {
    var budget = CallerBudget(BudgetLimits(requestsPerDay: 1))
    let reservation = try budget.reserve(10, at: Self.evening)
    budget.settle(reservation, used: 0, wasSent: false, at: Self.evening)
    #expect(budget.snapshot(at: Self.evening).requestsLeft == 1)
    _ = try budget.reserve(10, at: Self.evening)
  }

  @Test func numbersWithoutMeaningOverflowNothing() throws {
    var budget = CallerBudget(BudgetLimits())
    for now in [Int64.min / 2, -1, 0, Int64.max / 200_000] {
      for tokens in [Int64.min, -1, 0, Int64.max] {
        let reservation = try budget.reserve(tokens, at: now)
        budget.settle(reservation, used: tokens, at: now)
      }
    }
    #expect(budget.snapshot(at: 0).tokensReserved == 0)
  }

  /// Whatever the order of events, used and reserved together never exceed the limit, and nothing stays reserved.
  @Test func randomCoursesKeepTheBooks() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let limit = Int64.random(in: 1...5_000, using: &random)
      var budget = CallerBudget(BudgetLimits(tokensPerDay: limit))
      var (open, used, now) = ([CallerBudget.Reservation](), Int64(0), Self.evening - 3_600 * 22)
      for _ in 0..<200 {
        now += Int64.random(in: 0...3, using: &random)
        if Bool.random(using: &random), !open.isEmpty {
          let reservation = open.remove(at: Int.random(in: 0..<open.count, using: &random))
          let cost = Int64.random(in: -10...1_200, using: &random)
          used += min(max(cost, 0), reservation.tokens)
          budget.settle(reservation, used: cost, at: now)
        } else if let reservation = try? budget.reserve(.random(in: 0...1_000, using: &random), at: now) {
          open.append(reservation)
        }
        let snapshot = budget.snapshot(at: now)
        #expect(snapshot.tokensUsed == used)
        #expect(snapshot.tokensReserved == open.reduce(0) { $0 + $1.tokens })
        #expect(snapshot.tokensUsed + snapshot.tokensReserved <= limit)
      }
    }
  }
}
