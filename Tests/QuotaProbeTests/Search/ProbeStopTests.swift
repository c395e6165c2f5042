import BedrockQuotas
import Foundation
import QuotaProbe
import Testing

/// How a probe ends where there is nothing to measure, and that it never sends more than it may.
struct ProbeStopTests {
  static let second: Int64 = 1_000_000_000

  /// Sends until it is finished; each answer comes after `latency`.
  /// - Returns: how many were sent, and the most under way at once.
  @discardableResult
  static func run(
    _ search: inout ProbeSearch, latency: Int64 = second / 2, answer: (Int, TrialSize) -> ProbeOutcome
  ) -> (sent: Int, inFlightMax: Int, seconds: Double) {
    var now: Int64 = 0
    var waiting: [(at: Int64, id: Int, outcome: ProbeOutcome)] = []
    var (sent, most) = (0, 0)
    while true {
      switch search.next(at: now) {
      case .send(let request):
        waiting.append((now + latency, request.id, answer(request.id, request.size)))
        sent += 1
        most = max(most, waiting.count)
      case .finished: return (sent, most, Double(now) / 1e9)
      case .wait(let until):
        if waiting.isEmpty, until > now + 120 * second {
          Issue.record("nothing is under way, and nothing due")
          return (sent, most, Double(now) / 1e9)
        }
        guard let next = waiting.first, next.at <= until else {
          now = max(now, until)
          continue
        }
        now = max(now, next.at)
        waiting.removeFirst()
        search.answered(next.id, next.outcome, at: now)
      }
    }
  }

  static func resolution(rpm: Double?, tpm: Double?) throws -> Resolution {
    let names = ["requests", "tokens"]
    let quotas = zip(names, [rpm, tpm]).compactMap { name, value in
      value.map {
        Quota(
          code: "L-\(name)", name: QuotaName("On-demand model inference \(name) per minute for Acme Rocket"), appliedValue: $0,
          family: "Rocket")
      }
    }
    let id = "acme.rocket-v1:0"
    return QuotaResolver(quotas: quotas).resolve(try #require(InvokedID(id)))
  }

  private func report(_ search: ProbeSearch, rpm: Double? = 100, tpm: Double? = 100_000) throws -> ProbeReport {
    ProbeReport(
      search, resolution: try Self.resolution(rpm: rpm, tpm: tpm), startedAt: Date(timeIntervalSince1970: 1_790_000_040),
      origin: 0)
  }

  private func search(_ change: (inout ProbeOptions) -> Void = { _ in }, rpm: Double? = 100) -> ProbeSearch {
    var options = ProbeOptions()
    change(&options)
    return ProbeSearch(options: options, prior: ProbePrior(requestsPerMinute: rpm, tokensPerMinute: 100_000), at: 0)
  }

  @Test
  func quotaOfZero() throws {
    var search = search(rpm: 0)
    let (sent, _, _) = Self.run(&search) { _, _ in .throttled(.tokensPerDay) }
    #expect(sent == 1 && search.stop?.isFailure == true)
    #expect(try report(search).advice.first?.hasPrefix("The applied quota is 0 and is enforced") == true)
  }

  @Test
  func alwaysThrottled() throws {
    var search = search()
    let (sent, _, seconds) = Self.run(&search) { _, _ in .throttled(.requests) }
    #expect(sent <= 5 && seconds > 120 && search.stop == .alwaysThrottled)
    #expect(try report(search).advice.first?.contains("other clients use all of it") == true)
  }

  @Test
  func noAccess() throws {
    var search = search()
    let (sent, _, _) = Self.run(&search) { _, _ in .denied("You don't have access to the model with the specified model ID.") }
    #expect(sent == 1 && search.stop?.isFailure == true)
    #expect(try report(search).advice.first?.contains("may not invoke acme.rocket-v1:0: You don't have access") == true)
  }

  @Test
  func onlyCapacity() throws {
    var search = search()
    let (sent, _, _) = Self.run(&search) { _, _ in .capacity }
    #expect(sent <= 8 && search.stop == .onlyCapacity)
    #expect(try report(search).advice.first?.contains("no capacity at the moment") == true)
  }

  @Test
  func neverThrottled() throws {
    var search = search({ $0.requestsMax = 3_000 })
    let (sent, _, _) = Self.run(&search) { _, shape in .accepted(quotaTokens: shape.reservation) }
    #expect(sent == 3_000 && search.stop == .requestsMax && search.stop?.isFailure == false && search.finding == nil)
    #expect(try report(search).advice.first?.hasPrefix("Nothing was throttled: 3,000 requests") == true)
  }

  @Test(arguments: 0..<12)
  func capsHold(seed: Int) {
    var search = search {
      $0.requestsMax = 50 + seed * 137
      $0.tokensMax = 40_000 + Int64(seed) * 61_000
      $0.durationMax = Int64(10 + seed * 20) * Self.second
      $0.inFlightMax = 5 + seed * 10
    }
    let options = search.options
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var tokens: Int64 = 0
    let outcomes: [ProbeOutcome] = [
      .throttled(.requests), .throttled(.unknown), .capacity, .lost, .accepted(quotaTokens: nil), .accepted(quotaTokens: 700),
      .accepted(quotaTokens: 0),
    ]
    let (sent, inFlight, seconds) = Self.run(&search, latency: Self.second * Int64(1 + seed % 5)) { _, shape in
      tokens += Int64(shape.reservation)
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return outcomes[Int(state >> 33) % outcomes.count]
    }
    #expect(sent <= options.requestsMax && inFlight <= options.inFlightMax)
    #expect(seconds <= Double(options.durationMax) / 1e9 + 6)
    #expect(search.progress.tokens <= options.tokensMax + 700 * Int64(inFlight))
    #expect(search.stop != nil)
  }

  /// Answers that come twice, or to nothing, change nothing.
  @Test
  func strayAnswers() {
    var search = search({ $0.requestsMax = 100 })
    search.answered(7, .denied(""), at: 0)
    guard case .send(let first) = search.next(at: 0) else {
      Issue.record("nothing is sent")
      return
    }
    search.answered(first.id, .accepted(quotaTokens: nil), at: Self.second)
    search.answered(first.id, .denied(""), at: Self.second)
    #expect(search.stop == nil && search.progress.sent == 1 && search.progress.inFlight == 0)
  }

  @Test
  func steps() throws {
    var options = ProbeOptions()
    options.mode = .steps
    var search = ProbeSearch(options: options, prior: ProbePrior(), at: 0)
    // A bucket of 50 that nothing comes back to: a third of the third batch is refused, and all of the fourth.
    Self.run(&search) { id, shape in id < 50 ? .accepted(quotaTokens: shape.reservation) : .throttled(.requests) }
    let batches = search.steps.filter { $0.kind == .batch }
    #expect(batches.map(\.attempted) == [10, 20, 30, 40] && search.stop == .throttledBatch)
    #expect(batches[1].startedAt - batches[0].endedAt >= Self.second && batches[0].targetRate.rounded() == 600)
    #expect(try report(search).advice.first?.contains("Only a search (mode search)") == true)
  }
}

/// How a probe by reservation ends, and one for how many run at once.
struct ProbeHoldStopTests {
  private static let second = ProbeStopTests.second

  private func held(_ tpm: Double? = 1_000_000, _ change: (inout ProbeOptions) -> Void = { _ in }) -> ProbeSearch {
    var options = ProbeOptions()
    options.byReservation = true
    options.replyTokensMax = 10_000
    change(&options)
    return ProbeSearch(options: options, prior: ProbePrior(tokensPerMinute: tpm), at: 0)
  }

  private func advice(_ search: ProbeSearch) throws -> [String] {
    let resolution = try ProbeStopTests.resolution(rpm: nil, tpm: 1_000_000)
    return ProbeReport(search, resolution: resolution, startedAt: Date(timeIntervalSince1970: 1_790_000_040), origin: 0).advice
  }

  @Test
  func notHeld() throws {
    var search = held()
    let (sent, inFlight, seconds) = ProbeStopTests.run(&search) { _, _ in .accepted(quotaTokens: 18) }
    #expect(search.stop == .notHeld && inFlight <= 1_000 && seconds < 30 && sent < 10_000)
    #expect(try advice(search).first?.contains("reserve 10,0") == true)
  }

  /// The first long answer is the last one.
  @Test
  func longAnswers() throws {
    var search = held()
    let (sent, _, _) = ProbeStopTests.run(&search) { _, _ in .accepted(quotaTokens: 900) }
    #expect(sent == 1 && search.stop == .longAnswers)
    #expect(try advice(search).first?.hasPrefix("An answer kept 900 quota tokens") == true)
  }

  @Test
  func requestsBindBeforeTokens() throws {
    var search = held()
    ProbeStopTests.run(&search) { id, _ in id < 40 ? .accepted(quotaTokens: 18) : .throttled(.requests) }
    #expect(search.stop == .otherQuota && search.finding == nil)
    #expect(try advice(search).first?.contains("too few requests to fill its quota of tokens") == true)
  }

  /// What is only reserved is not spent; what may be kept of what is under way is counted.
  @Test
  func tokensKeptAreCapped() {
    var search = held { $0.tokensMax = 5_000 }
    let (sent, _, _) = ProbeStopTests.run(&search) { _, _ in .accepted(quotaTokens: 18) }
    #expect(search.stop == .tokensMax && sent > 50 && sent * 18 <= 5_000)
  }

  @Test
  func whatIsLostIsNoLongAnswer() throws {
    var search = held()
    let (sent, _, _) = ProbeStopTests.run(&search) { id, _ in id == 1 || id > 20 ? .lost : .accepted(quotaTokens: 18) }
    #expect(search.stop == .noAnswer && sent < 1_000)
    #expect(try advice(search).first?.hasPrefix("Too many requests got no whole answer") == true)
  }

  /// A quota of 0 that lets requests in, after all.
  @Test
  func nothingIsExpected() {
    var search = held(0)
    ProbeStopTests.run(&search) { _, _ in .accepted(quotaTokens: 18) }
    #expect(search.stop == .notHeld)
  }

  /// All fail from some point on: nothing is under way any more when it is noticed.
  @Test
  func allFail() {
    var search = held()
    ProbeStopTests.run(&search, latency: 1) { id, shape in
      id < 6 ? .accepted(quotaTokens: 18) : id % 19 == 0 ? .throttled(.tokens) : .capacity
    }
    #expect(search.stop != nil && search.finding == nil)
  }

  @Test
  func lostRequestsDidNotRunTogether() {
    var search = together()
    ProbeStopTests.run(&search) { id, _ in id % 3 == 2 ? .lost : .accepted(quotaTokens: 16) }
    #expect(search.stop == .noAnswer && search.concurrency?.low ?? 0 <= 8)
  }

  @Test
  func nothingRunsAtAll() {
    var search = together()
    ProbeStopTests.run(&search) { id, _ in id == 0 ? .accepted(quotaTokens: 16) : .throttled(.requests) }
    #expect(search.stop == .otherQuota && search.concurrency == nil)
  }

  private func together() -> ProbeSearch { ProbeSearch(options: ProbeOptions(measure: .concurrent), prior: ProbePrior(), at: 0) }

  @Test
  func moreAtOnceThanAreEverSent() throws {
    var search = together()
    let (_, inFlight, _) = ProbeStopTests.run(&search) { _, _ in .accepted(quotaTokens: 16) }
    #expect(search.stop == .inFlightMax && inFlight == 1_000)
    #expect(try advice(search).first?.hasPrefix("1,000 requests ran concurrently and none was throttled") == true)
  }

  /// A bucket of a hundred requests is no limit on how many run at once: the second time there are fewer.
  @Test
  func aBucketIsNoConcurrency() throws {
    var search = together()
    ProbeStopTests.run(&search) { id, _ in id < 100 ? .accepted(quotaTokens: 16) : .throttled(.requests) }
    #expect(search.stop == .otherQuota)
    #expect(try advice(search).first?.contains("Probe requests or tokens per minute instead") == true)
  }
}
