import Testing

@testable import Bedquota

/// Where requests go, by what is known of scopes and sessions. No limiter, no clock.
struct RouteChooserTests {
  private let all = CandidateSet(count: 3)
  private let session = RouteSession(id: "a")
  private func at(_ seconds: Double) -> Duration { .seconds(seconds) }
  private func set(_ candidates: Int...) -> CandidateSet { candidates.reduce(into: []) { $0.insert(CandidateSet($1)) } }

  @Test func candidatesInTheirOrder() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    let choice = chooser.choose(nil, among: all, at: at(0))
    #expect(Array(choice.order) == [0, 1, 2] && choice.favourite == nil && choice.cachedTokens == 0)
    #expect(Array(chooser.choose(nil, among: set(1, 2), at: at(0)).order) == [1, 2])
  }

  @Test func aCachedSessionStays() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.learned(session, cachedTokens: 800, at: 1, now: at(0))
    let choice = chooser.choose(session, among: all, at: at(299))
    #expect(Array(choice.order) == [1, 0, 2] && choice.favourite == 1)
    #expect(choice.cachedTokens == 800)
    #expect(chooser.choose(session, among: all, at: at(300)).favourite == nil)
    #expect(chooser.choose(RouteSession(id: "b"), among: all, at: at(0)).favourite == nil)
  }

  @Test func anHourWhereTheRequestAsksForIt() {
    var chooser = RouteChooser(rates: [10, 20])
    let session = RouteSession(id: "a", keepsHour: true)
    chooser.learned(session, cachedTokens: 800, at: 1, now: at(0))
    #expect(chooser.choose(session, among: set(0, 1), at: at(3_599)).favourite == 1)
    #expect(chooser.choose(session, among: set(0, 1), at: at(3_600)).favourite == nil)
  }

  @Test func aSpilledSessionStaysWhereItWent() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.learned(session, cachedTokens: 800, at: 1, now: at(0))
    chooser.admitted(session, by: 2, at: at(10))
    #expect(chooser.choose(session, among: all, at: at(11)).favourite == 2)
  }

  @Test func withoutCachedTokensThereIsNoFavourite() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.admitted(session, by: 2, at: at(0))
    #expect(chooser.choose(session, among: all, at: at(1)).favourite == nil)
    chooser.learned(session, cachedTokens: 800, at: 1, now: at(1))
    chooser.learned(session, cachedTokens: 0, at: 1, now: at(2))
    #expect(chooser.choose(session, among: all, at: at(3)).favourite == nil)
  }

  /// A session with 800 cached tokens.
  private func cached() -> RouteChoice {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.learned(session, cachedTokens: 800, at: 1, now: at(0))
    return chooser.choose(session, among: all, at: at(1))
  }

  @Test(
    arguments: [
      (20, 0, 20), (20.1, 0, 0), (25, 5.1, 20), (25.2, 5.1, 0), (0, 0, 20), (100, nil, 20), (nil, 5, 0),
    ] as [(Double?, Double?, Double)])
  func waitsAsLongAsTheCacheIsWorth(own: Double?, there: Double?, delay: Double) {
    let load = ScopeLoad(tokensPerSecond: 40, waiting: 0, used: 0, eta: there.map(at))
    #expect(cached().delay(own: own.map(at), load) == at(delay))
    #expect(RouteChoice(candidates: all).delay(own: own.map(at), load) == .zero)
  }

  @Test(
    arguments: [
      (80, 0, 0, 10), (80, 2, 0, 30), (80, 2, 0.5, 40), (80, 0, 0.9, 100),
      // As long as it stays cached; and a limit that isn't known keeps nobody away.
      (80, 0, 1.2, 300), (0, 9, 0.5, 0),
    ] as [(Double, Int, Double, Double)])
  func theCacheIsWorthWhatAllWouldWait(rate: Double, waiting: Int, used: Double, delay: Double) {
    let load = ScopeLoad(tokensPerSecond: rate, waiting: waiting, used: used, eta: .zero)
    let delay = cached().delay(own: at(delay == 0 ? 1 : 0), load) / at(1) - delay
    #expect(abs(delay) < 1e-6)
  }

  @Test func whatRepliesOfTheLastMinuteUsed() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    for second in 0..<600 { chooser.used(20, by: 1, at: at(Double(second))) }
    #expect(abs(chooser.used(1, of: 40, at: at(599)) - 0.5) < 0.01)
    #expect(abs(chooser.used(1, of: 40, at: at(659)) - 0.5 / 2.718) < 0.01)
    #expect(chooser.used(0, of: 40, at: at(599)) == 0 && chooser.used(1, of: 0, at: at(599)) == 0)
  }

  @Test func whoFailsRestsAndIsTriedByOneRequest() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.failed(0, .unavailable(retryAfter: nil), at: at(0))
    var choice = chooser.choose(nil, among: all, at: at(0.9))
    #expect(Array(choice.order) == [1, 2] && choice.lookAgainAt == at(1) && chooser.ready(at: at(0.9)) == set(1, 2))
    choice = chooser.choose(nil, among: all, at: at(1))
    #expect(Array(choice.order) == [0, 1, 2] && choice.trials == set(0))
    #expect(Array(chooser.choose(nil, among: all, at: at(2)).order) == [1, 2])
    // It fails again, and rests for longer.
    chooser.failed(0, .unavailable(retryAfter: nil), at: at(3))
    #expect(Array(chooser.choose(nil, among: all, at: at(4.9)).order) == [1, 2])
    #expect(chooser.choose(nil, among: all, at: at(5)).trials == set(0))
    #expect(chooser.answered(0) && !chooser.answered(0))
    #expect(Array(chooser.choose(nil, among: all, at: at(5)).order) == [0, 1, 2])
  }

  @Test func aTrialThatGoesElsewhereIsFree() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.failed(0, .unavailable(retryAfter: nil), at: at(0))
    let choice = chooser.choose(nil, among: all, at: at(1))
    chooser.release(choice.trials, at: at(2))
    #expect(chooser.choose(nil, among: all, at: at(2)).trials == set(0))
    // While it waits, the request keeps it.
    #expect(chooser.choose(nil, among: all, trying: set(0), at: at(3)).candidates == all)
  }

  /// Requests that were in flight as the scope failed say nothing new.
  @Test func manyFailuresAtOnceAreOneRest() {
    var chooser = RouteChooser(rates: [10, 20])
    let begun = (0..<50).map { _ in chooser.failed(0, .unavailable(retryAfter: nil), at: at(0)) }
    #expect(begun.filter(\.self).count == 1, "who waits is woken once")
    #expect(chooser.choose(nil, among: set(0, 1), at: at(1)).candidates == set(0, 1))
  }

  @Test func aServiceThatAsksForTimeGetsIt() {
    var chooser = RouteChooser(rates: [10, 20])
    chooser.failed(0, .unavailable(retryAfter: .seconds(30)), at: at(0))
    #expect(chooser.choose(nil, among: set(0, 1), at: at(29)).candidates == set(1))
    #expect(chooser.choose(nil, among: set(0, 1), at: at(30)).candidates == set(0, 1))
  }

  @Test func refusalsRestForLonger() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.failed(0, .denied, at: at(0))
    chooser.failed(1, .dayExhausted, at: at(0))
    #expect(chooser.choose(nil, among: all, at: at(299)).candidates == set(2))
    #expect(chooser.lasting(at: at(299)) == set(0, 1))
    #expect(chooser.choose(nil, among: all, at: at(300)).candidates == set(0, 2))
    #expect(chooser.choose(nil, among: all, at: at(600)).candidates.has(1))
  }

  @Test func ifAllRestNoneDoes() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.failed(0, .denied, at: at(0))
    for candidate in [1, 2] { chooser.failed(candidate, .unavailable(retryAfter: nil), at: at(0)) }
    #expect(chooser.choose(nil, among: all, at: at(0.5)).candidates == set(1, 2))
    #expect(chooser.choose(nil, among: set(0), at: at(0.5)).candidates == set(0))
  }

  @Test func theSessionOfARestingFavouriteMovesAtOnce() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.learned(session, cachedTokens: 8_000, at: 1, now: at(0))
    chooser.failed(1, .unavailable(retryAfter: nil), at: at(1))
    let choice = chooser.choose(session, among: all, at: at(1))
    #expect(choice.favourite == nil && choice.candidates == set(0, 2))
  }

  @Test func whatItKnowsIsShown() {
    var chooser = RouteChooser(rates: [10, 20, 30])
    chooser.learned(session, cachedTokens: 8_000, at: 1, now: at(0))
    chooser.admitted(session, by: 1, at: at(1))
    #expect(chooser.sessionCounts(at: at(1)) == [0, 1, 0] && chooser.spills == 0)
    chooser.admitted(session, by: 2, at: at(2))
    #expect(chooser.sessionCounts(at: at(2)) == [0, 0, 1] && chooser.spills == 1)
    #expect(chooser.sessionCounts(at: at(2) + session.cachedFor) == [0, 0, 0])
    chooser.failed(0, .unavailable(retryAfter: .seconds(30)), at: at(0))
    #expect(chooser.restLeft(of: 0, at: at(10)) == .seconds(20) && chooser.restLeft(of: 1, at: at(10)) == nil)
    #expect(chooser.restLeft(of: 0, at: at(30)) == nil)
  }

  @Test func queuesServeByTheirLimits() {
    let chooser = RouteChooser(rates: [10, 20, 30])
    #expect(chooser.share(of: 2, among: all) == 0.5 && chooser.share(of: 0, among: set(0)) == 1)
    #expect(RouteChooser(rates: [0, 20]).share(of: 0, among: set(0, 1)) == 0.5)
  }

  @Test func sixtyFourCandidates() {
    var chooser = RouteChooser(rates: Array(repeating: 1, count: 64))
    #expect(Array(chooser.choose(nil, among: CandidateSet(count: 64), at: at(0)).order) == Array(0..<64))
  }

  @Test func theTableOfSessionsIsBounded() {
    var table = SessionTable(sessionsMax: 100)
    for number in 0..<10_000 { table.set(RouteSession(id: "\(number)"), 1, cachedTokens: 5, at: at(0)) }
    #expect(table.count <= 101)
    #expect(table.find(RouteSession(id: "9999"), at: at(1))?.candidate == 1)
    #expect(table.find(RouteSession(id: "0"), at: at(1)) == nil)
  }
}
