import BedrockQuotas
import Testing

@testable import QuotaProbe

struct OpeningTests {
  private static let second: Int64 = 1_000_000_000

  /// The search after one trial each of which was answered so, a second after it was sent.
  private func search(_ outcomes: [ProbeOutcome], _ options: ProbeOptions = ProbeOptions(), rpm: Double? = 100) -> ProbeSearch {
    var search = ProbeSearch(
      options: options, prior: ProbePrior(requestsPerMinute: rpm, tokensPerMinute: 1_000_000), at: 0)
    var now: Int64 = 0
    for outcome in outcomes {
      var action = search.next(at: now)
      if case .wait(let until) = action {
        now = until
        action = search.next(at: now)
      }
      guard case .send(let trial) = action else { break }
      now += Self.second
      search.answered(trial.id, outcome, at: now)
    }
    return search
  }

  @Test(
    arguments: [
      (ProbeOptions.Mode.search, nil, ProbeStep.Kind.burst), (.search, .concurrent, .round), (.steps, nil, .batch),
    ] as [(ProbeOptions.Mode, QuotaMeasure?, ProbeStep.Kind)])
  func goesWhereTheOptionsAsk(mode: ProbeOptions.Mode, measure: QuotaMeasure?, next: ProbeStep.Kind) {
    var options = ProbeOptions(measure: measure)
    options.mode = mode
    var search = search([.accepted(quotaTokens: 16)], options)
    _ = search.next(at: 2 * Self.second)
    #expect(search.steps.map(\.kind) == [.opening, next])
  }

  /// By reservation, five answers must be short before max_tokens grows.
  @Test
  func reservationsAreProvedFirst() {
    var options = ProbeOptions()
    options.byReservation = true
    options.replyTokensMax = 10_000
    var search = search(Array(repeating: .accepted(quotaTokens: 18), count: 4), options)
    guard case .send(let last) = search.next(at: 4 * Self.second) else {
      Issue.record("the fifth trial isn't sent")
      return
    }
    #expect(last.size.maxTokens == 128 && search.steps.map(\.kind) == [.opening])
    search.answered(last.id, .accepted(quotaTokens: 18), at: 5 * Self.second)
    guard case .send(let first) = search.next(at: 5 * Self.second) else {
      Issue.record("the fill doesn't begin")
      return
    }
    #expect(first.size.maxTokens > 1_000 && search.steps.map(\.kind) == [.opening, .burst])
  }

  @Test(
    arguments: [
      (Array(repeating: .throttled(.requests), count: 5), .alwaysThrottled),
      (Array(repeating: .capacity, count: 7), .onlyCapacity),
      (Array(repeating: .lost, count: 7), .noAnswer), ([.throttled(.tokensPerDay)], .tokensPerDay),
    ] as [([ProbeOutcome], ProbeStop)])
  func givesUp(outcomes: [ProbeOutcome], stop: ProbeStop) {
    #expect(search(outcomes).stop == stop)
    #expect(search(Array(outcomes.dropLast())).stop == nil)
  }

  @Test
  func aQuotaOfZeroIsTriedOnce() { #expect(search([.throttled(.requests)], rpm: 0).stop == .alwaysThrottled) }

  @Test
  func aTrialTooLargeForASmallBucketShrinks() {
    var search = search([.throttled(.tokens)])
    guard case .wait(let until) = search.next(at: Self.second), case .send(let trial) = search.next(at: until) else {
      Issue.record("no second trial after a pause")
      return
    }
    #expect(until == 6 * Self.second && trial.size.reservation == 125)
  }
}
