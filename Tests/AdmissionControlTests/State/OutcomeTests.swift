import AdmissionControl
import Testing

/// What each end of a request does to the meters.
struct OutcomeTests {
  private let limits = [
    Limit(.requestsPerMinute, 600), Limit(.tokensPerMinute, 60_000), Limit(.inputTokensPerMinute, 60_000),
    Limit(.outputTokensPerMinute, 60_000), Limit(.tokensPerDay, 60_000), Limit(.concurrency, 10),
  ]
  private let full: [Int64] = [570, 57_000, 57_000, 57_000, 57_000, 10]

  private func levels(_ outcome: Outcome, used: Amounts? = nil, learns: Bool = true) throws -> (AdmissionState, [Int64]) {
    var configuration = LimiterConfiguration(limits: limits)
    configuration.learnsLimits = learns
    var state = AdmissionState(configuration, at: 0)
    let reserved = Amounts(tokens: 1_000, inputTokens: 700, outputTokens: 300)
    var lease = try state.granted(Cost(reserved: reserved, predicted: .zero), at: 0)
    #expect(state.snapshot().meters.map(\.available) == [569, 56_000, 56_300, 56_700, 56_000, 9])
    #expect(state.snapshot().counts.inFlight == 1)
    if let used { state.adjust(&lease, used: used, at: 0) }
    state.settle(lease, outcome, at: 0)
    #expect(state.isIdle)
    return (state, state.snapshot().meters.map(\.available))
  }

  @Test func completedTakesWhatItCost() throws {
    let used = Amounts(tokens: 400, inputTokens: 300, outputTokens: 100)
    let (state, levels) = try levels(.completed(used))
    #expect(levels == [569, 56_600, 56_700, 56_900, 56_600, 10])
    #expect(state.snapshot().counts.completed == 1)
  }

  @Test func aDebtIsBooked() throws {
    let (_, levels) = try levels(.completed(Amounts(tokens: 70_000, inputTokens: 700, outputTokens: 300)))
    #expect(levels == [569, -13_000, 56_300, 56_700, -13_000, 10])
  }

  /// The reply cost what it cost; the limit that was used up learns, and no other.
  @Test func anExhaustedOutputLowersThatLimitAlone() throws {
    let used = Amounts(tokens: 400, inputTokens: 300, outputTokens: 100)
    let (state, levels) = try levels(.outputExhausted(used))
    #expect(levels == [569, 56_600, 56_700, -1_000, 56_600, 10])
    #expect(state.snapshot().counts.completed == 1)
    #expect(state.snapshot().meters.filter { $0.scale < 1 }.map(\.measure) == [.outputTokensPerMinute])
  }

  @Test func throttledForItsInputLowersThatLimitAlone() throws {
    let (state, levels) = try levels(.throttled(.inputTokens))
    #expect(levels == [570, 57_000, -1_000, 57_000, 57_000, 10])
    #expect(state.snapshot().meters.filter { $0.scale < 1 }.map(\.measure) == [.inputTokensPerMinute])
  }

  @Test func failedTakesWhatWasSeen() throws {
    let (state, levels) = try levels(.failed(used: Amounts(tokens: 800, inputTokens: 700, outputTokens: 100)))
    #expect(levels == [569, 56_200, 56_300, 56_900, 56_200, 10])
    #expect(state.snapshot().counts.failed == 1)
  }

  @Test func cancelledTakesNothing() throws {
    let (state, levels) = try levels(.cancelled)
    #expect(levels == full)
    #expect(state.snapshot().counts.cancelled == 1)
  }

  /// 503 and similar: the tokens come back, and nothing is learnt.
  @Test func capacityTeachesNothing() throws {
    let (state, levels) = try levels(.capacity)
    #expect(levels == [569] + full.dropFirst())
    #expect(state.snapshot().counts.capacity == 1)
    #expect(state.snapshot().meters.allSatisfy { $0.scale == 1 })
  }

  /// As throttled, for all limits per minute: the server counted the request elsewhere, because these had no room.
  @Test func overflowedEmptiesWhatMayBeFull() throws {
    let (state, levels) = try levels(.overflowed)
    #expect(levels == [-10, -1_000, -1_000, -1_000, 57_000, 10])
    #expect(state.snapshot().counts.throttled == 1)
  }

  /// A request that others admitted is counted, beyond what there is too, and is none of this limiter's.
  @Test func aDebitTakesWhatItCost() throws {
    var state = AdmissionState(.plain(limits), at: 0)
    let before = state.snapshot().counts
    state.debit(Amounts(tokens: 400, inputTokens: 300, outputTokens: 100), at: 0)
    #expect(state.snapshot().meters.map(\.available) == [569, 56_600, 56_700, 56_900, 56_600, 10])
    state.debit(Amounts(tokens: 100_000), at: 0)
    #expect(state.available(.tokensPerMinute) == -43_400)
    #expect(state.snapshot().counts == before && state.isIdle)
  }

  /// All comes back; then the meters that the server named are emptied, by a second of refill more.
  @Test(
    arguments: [
      (.requests, [-10, 57_000, 57_000, 57_000, 57_000, 10]), (.tokens, [570, -1_000, -1_000, -1_000, 57_000, 10]),
      (.unknown, [-10, -1_000, -1_000, -1_000, 57_000, 10]), (.tokensPerDay, [570, 57_000, 57_000, 57_000, 0, 10]),
    ] as [(Outcome.Throttle, [Int64])])
  func throttledEmptiesWhatTheServerMeant(reason: Outcome.Throttle, expected: [Int64]) throws {
    for learns in [true, false] {
      let (state, levels) = try levels(.throttled(reason), learns: learns)
      #expect(levels == expected)
      #expect(state.snapshot().counts.throttled == 1)
      let isLower = state.snapshot().meters.map { $0.scale < 1 }
      let isMeant = zip(expected, full).map { $0 < 0 && $1 > 10 }
      #expect(isLower == (learns ? isMeant : Array(repeating: false, count: 6)))
    }
  }

  /// A stream that exceeds its reservation takes the rest at once, and only once.
  @Test func aStreamIsTruedUp() throws {
    let used = Amounts(tokens: 1_500, inputTokens: 700, outputTokens: 800)
    let (_, before) = try levels(.completed(used))
    let (_, after) = try levels(.completed(used), used: used)
    #expect(before == after)
    #expect(after == [569, 55_500, 56_300, 56_200, 55_500, 10])
    // What turns out to be less in the end comes back.
    let (_, less) = try levels(.completed(Amounts(tokens: 400)), used: used)
    #expect(less == [569, 56_600, 57_000, 57_000, 56_600, 10])
    let (_, none) = try levels(.cancelled, used: used)
    #expect(none == full)
  }

  @Test func onlyWhatGoesBeyondTheReservationChangesAnything() throws {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)], profile: .strict), at: 0)
    var lease = try state.granted(.exactly(500), at: 0)
    for tokens in [0, -5, 500, 499] as [Int64] { state.adjust(&lease, used: Amounts(tokens: tokens), at: 0) }
    #expect(state.available(.tokensPerMinute) == 1_400)
    for tokens in [700, 900, 900, 800] as [Int64] { state.adjust(&lease, used: Amounts(tokens: tokens), at: 0) }
    #expect(state.available(.tokensPerMinute) == 1_000)
    state.adjust(&lease, used: Amounts(tokens: .max, inputTokens: .min), at: 0)
    state.settle(lease, .completed(Amounts(tokens: .max, outputTokens: .min)), at: 0)
    #expect(state.available(.tokensPerMinute) == 1_900 - Amounts.tokensMax)
  }

  /// Hundreds of leases in flight end in any way; in the end each has cost its final cost.
  @Test(arguments: 1...6)
  func conservesWhateverHappens(seed: Int) {
    var random = Generator(seed: seed)
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 600_000_000), Limit(.requestsPerMinute, 600_000)]), at: 0)
    var leases: [(Lease, Int64)] = []
    var (tokens, requests) = (Int64(0), Int64(0))
    for _ in 0..<2_000 {
      if random.chance(0.55), let lease = state.lease(.reserving(20_000), at: 0) {
        leases.append((lease, 20_000))
      } else if !leases.isEmpty {
        var (lease, held) = leases.remove(at: Int(random.int(0...Int64(leases.count - 1))))
        let used = random.int(0...30_000)
        switch random.int(0...5) {
        case 0: state.settle(lease, .cancelled, at: 0)
        case 1: state.settle(lease, .throttled(.tokensPerDay), at: 0)
        case 2:
          state.settle(lease, .capacity, at: 0)
          requests += 1
        case 3:
          state.adjust(&lease, used: Amounts(tokens: used), at: 0)
          held = max(held, used)
          leases.append((lease, held))
        default:
          state.settle(
            lease, random.chance(0.5) ? .completed(Amounts(tokens: used)) : .failed(used: Amounts(tokens: used)), at: 0)
          tokens += used
          requests += 1
        }
      }
      let held = leases.reduce(0) { $0 + $1.1 }
      #expect(state.available(.tokensPerMinute) == 570_000_000 - tokens - held)
      #expect(state.available(.requestsPerMinute) == 570_000 - requests - Int64(leases.count))
      #expect(state.snapshot().counts.inFlight == leases.count)
    }
  }
}
