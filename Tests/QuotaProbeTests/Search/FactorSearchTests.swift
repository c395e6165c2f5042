import BedrockEmulator
import BedrockQuotas
import ProbeScenarios
import Testing

@testable import QuotaProbe

/// Whether max_tokens count once in a reservation or as often as output tokens, against the emulator's engine on a clock moved by
/// hand.
struct FactorSearchTests {
  private static let seeds: Range<UInt64> = 1..<101

  private static func verdict(_ scenario: ProbeScenario) -> ProbeVerdict {
    var options = ProbeOptions()
    options.burndown = scenario.burndown
    return ProbeVerdict(scenario, options: options)
  }

  /// Any quota beside any maximum output, each semantics that reserves, a quota that is told wrong or not at all.
  @Test func aHundredServices() {
    let verdicts = Self.seeds.map { Self.verdict(ProbeScenario.factor(seed: $0)) }
    for (seed, verdict) in zip(Self.seeds, verdicts) {
      #expect(verdict.isFactorRight != false, "\(seed): \(verdict.scenario.description)")
      #expect((verdict.isFactorRight != nil) == (verdict.stop == .found), "\(seed)")
      #expect(verdict.stop == .found || verdict.stop == .unclear, "\(seed): \(verdict.stop)")
      #expect(verdict.requests <= 12 && verdict.tokens <= verdict.bound.tokens, "\(seed)")
    }
    let found = verdicts.filter { $0.isFactorRight == true }
    #expect(found.count >= 50)
    #expect(
      Set(found.map { "\($0.factor?.factor ?? 0) of \($0.scenario.burndown)" }).count == 6, "each factor with each burndown")
  }

  /// Where the quota isn't large beside the maximum output, it is always found, for a small part of what a minute holds.
  @Test(arguments: ReservationFactor.allCases, [5, 10, 15])
  func withinReach(factor: ReservationFactor, burndown: Int) {
    for semantics in QuotaSemantics.all where !semantics.isLate {
      var scenario = ProbeScenario.factor(seed: 1)
      scenario.semantics = semantics
      (scenario.reservationFactor, scenario.burndown) = (factor, burndown)
      (scenario.replyTokensMax, scenario.tokensPerMinute) = (64_000, 200_000)
      scenario.prior = ProbePrior(requestsPerMinute: 10_000, tokensPerMinute: 200_000)
      let verdict = Self.verdict(scenario)
      #expect(verdict.isFactorRight == true, "\(semantics.name): \(verdict.stop) \(verdict.factor?.trials ?? [])")
      #expect(verdict.tokens < 30_000, "\(semantics.name): \(verdict.tokens)")
    }
  }

  /// Nothing is reserved: every request passes, which no factor explains.
  @Test func aServiceThatReservesNothing() {
    var scenario = ProbeScenario.factor(seed: 1)
    scenario.semantics = .laggy
    (scenario.replyTokensMax, scenario.tokensPerMinute, scenario.burndown) = (64_000, 20_000, 5)
    scenario.prior = ProbePrior(requestsPerMinute: 10_000, tokensPerMinute: 20_000)
    #expect(Self.verdict(scenario).stop == .notHeld)
  }

  // MARK: Event by event

  private static func search(quota: Double? = 100_000, replyMax: Int = 64_000, requestsMax: Int = 12) -> ProbeSearch {
    var options = ProbeOptions()
    options.burndown = 5
    options.replyTokensMax = replyMax
    options = options.bounded(ProbePrior(requestsPerMinute: 1_000, tokensPerMinute: quota), concurrent: nil)
    options.requestsMax = requestsMax
    return ProbeSearch(options: options, prior: ProbePrior(requestsPerMinute: 1_000, tokensPerMinute: quota), at: 0)
  }

  /// Answers each trial half a second after it was sent.
  /// - Returns: the sizes of the trials and when they were sent, in seconds.
  @discardableResult
  private static func run(
    _ search: inout ProbeSearch, _ answer: (Int, TrialSize) -> ProbeOutcome
  ) -> [(size: TrialSize, second: Double)] {
    var (now, sent, open): (Int64, [(TrialSize, Double)], [Int]) = (0, [], [])
    while true {
      switch search.next(at: now) {
      case .finished: return sent
      case .send(let trial):
        sent.append((trial.size, Double(now) / 1e9))
        open.append(trial.id)
      case .wait(let until):
        guard !open.isEmpty else {
          now = until
          continue
        }
        now += 500_000_000
        for id in open { search.answered(id, answer(id, sent[id].0), at: now) }
        open = []
      }
    }
  }

  /// A service that holds so many tokens and counts max_tokens so often.
  private static func service(_ holds: Int, _ factor: Int) -> (Int, TrialSize) -> ProbeOutcome {
    { _, size in
      size.inputTokens + factor * size.maxTokens <= holds ? .accepted(quotaTokens: size.inputTokens + 10) : .throttled(.tokens)
    }
  }

  @Test func itMeasuresAfterAMinuteOfSilence() {
    var search = Self.search()
    let sent = Self.run(&search, Self.service(100_000, 5))
    #expect(search.factor?.factor == 5 && search.stop == .found)
    #expect(sent[0].size.maxTokens <= 128, "the first trial shows whether answers are short")
    #expect(sent[1].second - sent[0].second > 60)
    // The three that decide are sent once more, after another minute of silence.
    let again = sent.suffix(3)
    #expect(again.first!.second - sent[sent.count - 4].second > 60)
    let evidence = search.factor?.trials ?? []
    #expect(evidence.count == sent.count - 1 && evidence.suffix(3).allSatisfy { $0.kind == .again })
  }

  /// With several in flight at once, all must have been there together.
  @Test func together() {
    var search = Self.search(quota: 400_000)
    let sent = Self.run(&search, Self.service(400_000, 1))
    #expect(search.factor?.factor == 1)
    #expect(sent.count == 5 && Set(sent.suffix(3).map(\.second)).count == 1, "one alone, then three at once")
    // Their reservations with the burndown are more than twice the quota.
    #expect(sent.suffix(3).reduce(0) { $0 + 5 * $1.size.maxTokens } > 800_000)
    search = Self.search(quota: 400_000)
    Self.run(&search) { id, _ in id == 4 ? .throttled(.tokens) : .accepted(quotaTokens: 20) }
    #expect(search.stop == .unclear && search.factor?.factor == nil)
  }

  @Test(
    arguments: [
      // The service has other traffic when the deciding trials are repeated.
      (.unclear, 6, .throttled(.tokens)),
      (.longAnswers, 1, .accepted(quotaTokens: 2_000)), (.otherQuota, 2, .throttled(.requests)),
      (.tokensPerDay, 2, .throttled(.tokensPerDay)), (.denied, 0, .denied("no")), (.longAnswers, 0, .accepted(quotaTokens: 200)),
    ] as [(ProbeStop, Int, ProbeOutcome)])
  func stops(stop: ProbeStop, at trial: Int, outcome: ProbeOutcome) {
    var search = Self.search()
    var count = 0
    Self.run(&search) { id, size in
      count = max(count, id)
      if id == trial || (stop == .unclear && id >= 6 && size.inputTokens < 20) { return outcome }
      return Self.service(100_000, 5)(id, size)
    }
    #expect(search.stop == stop && search.factor?.factor == nil)
    #expect(count >= trial && search.stop?.isFailure == true)
  }

  /// A trial that failed is sent again, and counts as a request.
  @Test func failures() {
    var search = Self.search()
    var sizes: [TrialSize] = []
    Self.run(&search) { id, size in
      sizes.append(size)
      return id == 2 ? .capacity : id == 4 ? .lost : Self.service(100_000, 5)(id, size)
    }
    #expect(search.factor?.factor == 5)
    #expect(sizes[2] == sizes[3] && sizes[4] == sizes[5])
    var stuck = Self.search()
    #expect(Self.run(&stuck) { id, _ in id == 0 ? .accepted(quotaTokens: 20) : .capacity }.count == 12)
    #expect(stuck.stop == .unclear)
  }

  @Test func theAnswerToTheLastRequestCounts() {
    var search = Self.search()
    let needed = Self.run(&search, Self.service(100_000, 5)).count
    var exact = Self.search(requestsMax: needed)
    Self.run(&exact, Self.service(100_000, 5))
    #expect(exact.stop == .found && exact.factor?.factor == 5)
    var short = Self.search(requestsMax: needed - 1)
    Self.run(&short, Self.service(100_000, 5))
    #expect(short.stop == .unclear && short.factor?.factor == nil)
  }
}
