import BedrockEmulator
import Foundation
import Testing

/// Ten minutes of evenly spaced requests against each semantics, judged by an oracle that works everything out anew each time.
struct QuotaSemanticsTests {
  /// What one request asks for and comes to.
  struct Load: CustomTestStringConvertible, Sendable {
    var name: String
    var measure: QuotaLedger.Measure
    var quota: Int64
    var reserved: Int64
    var final: Int64
    /// Nanoseconds.
    var duration: Int64
    /// What the request has, where the enforcer is to work out what it reserves; nil: it is told ``reserved``.
    var text: Text?

    /// What a request of text asks for.
    struct Text: Sendable {
      var factor: ReservationFactor
      var input: Int
      var maxTokens: Int
      var burndown: Int
    }

    var testDescription: String { name }
  }

  static let loads = [
    Load(name: "requests", measure: .rpm, quota: 30, reserved: 1, final: 1, duration: 2_000_000_000),
    Load(name: "tokens", measure: .tpm, quota: 27_000, reserved: 1_500, final: 900, duration: 7_000_000_000),
    Load(name: "tokens in debt", measure: .tpm, quota: 27_000, reserved: 600, final: 900, duration: 7_000_000_000),
    // 500 of input, 200 of max_tokens, 80 of output that count 5 times: 500 + 1 × 200 or 500 + 5 × 200, and 500 + 5 × 80 in the end.
    Load(
      name: "max_tokens once", measure: .tpm, quota: 27_000, reserved: 700, final: 900, duration: 7_000_000_000,
      text: .init(factor: .one, input: 500, maxTokens: 200, burndown: 5)),
    Load(
      name: "max_tokens with burndown", measure: .tpm, quota: 27_000, reserved: 1_500, final: 900, duration: 7_000_000_000,
      text: .init(factor: .burndown, input: 500, maxTokens: 200, burndown: 5)),
  ]
  static let factors = [0.5, 1, 2, 10]
  static let seconds: Int64 = 600

  @Test(arguments: QuotaSemantics.all, loads)
  func tenMinutesAsTheOracleSays(semantics: QuotaSemantics, load: Load) {
    for factor in Self.factors {
      let run = Self.run(semantics, load, factor: factor)
      var oracle = NaiveQuota(semantics: semantics, load: load, start: EmulatorClock.manual().date.timeIntervalSince1970)
      let expected = Self.instants(load, factor).map { oracle.admits(at: $0) }
      #expect(run.firstIndex(of: false) == expected.firstIndex(of: false), "\(factor)×: the first 429")
      #expect(run.count { $0 } == expected.count { $0 }, "\(factor)×: how many pass")
      #expect(run == expected)
    }
  }

  private static func instants(_ load: Load, _ factor: Double) -> [Int64] {
    let spacing = Int64(Double(load.final) / (Double(load.quota) * factor) * 60e9)
    return Array(stride(from: 0, to: seconds * 1_000_000_000, by: Int64.Stride(spacing)))
  }

  /// The enforcer on a clock moved by hand: which requests pass.
  private static func run(_ semantics: QuotaSemantics, _ load: Load, factor: Double) -> [Bool] {
    let clock = EmulatorClock.manual()
    let enforcer = QuotaEnforcer(semantics: semantics, seed: NaiveQuota.seed, clock: clock)
    if let text = load.text { enforcer.setReservationFactor(text.factor) }
    let reserved = load.text.map {
      $0.input + enforcer.reservationFactor.tokens(maxTokens: $0.maxTokens, burndown: $0.burndown)
    }
    let pool = enforcer.pool([("L-1", "a quota", load.measure, Double(load.quota), 1)])
    var ends: [(instant: Int64, lease: QuotaLedger.Lease)] = []
    return instants(load, factor).map { instant in
      while let first = ends.first, first.instant <= instant {
        clock.advance(by: first.instant - clock.now)
        enforcer.settle(first.lease, tokens: Int(load.final))
        ends.removeFirst()
      }
      clock.advance(by: instant - clock.now)
      guard case .admitted(let lease) = enforcer.reserve(pool: pool, tokens: reserved ?? Int(load.reserved)) else { return false }
      ends.append((instant + load.duration, lease))
      return true
    }
  }

  /// What anyone can work out with a pencil: a bucket of a minute's quota, asked for twice the quota, is empty after a minute.
  @Test func pencilAndPaper() throws {
    let load = Self.loads[0]
    func passed(_ semantics: QuotaSemantics, _ factor: Double) -> Int { Self.run(semantics, load, factor: factor).count { $0 } }
    // The 30 that it held at the start, and half a request a second until the last one asks after 599 s: 329.5.
    #expect(passed(.bucket60, 2) == 329)
    #expect(passed(.bucket60, 10) == 329)
    #expect(passed(.bucket60, 1) == 300)
    #expect(passed(.bucket60, 0.5) == 150)
    // Two seconds of the rate is one request.
    #expect(passed(.bucket2, 2) == 300)
    #expect(passed(.rolling60, 10) == 300)
    #expect(passed(.fixed60, 10) == 300)
    // It loses half a request a second: after 59 s, half a request is left.
    #expect(Self.run(.bucket60, load, factor: 2).firstIndex(of: false) == 59)
    #expect(Self.run(.rolling60, load, factor: 2).firstIndex(of: false) == 30)
    #expect(Self.run(.fixed60, load, factor: 10).firstIndex(of: false) == 30)
  }

  @Test func namesAreThoseOfTheDesign() {
    #expect(
      QuotaSemantics.all.map(\.name) == [
        "bucket60", "bucket5", "bucket2", "rolling60", "fixed60", "laggy", "soft", "hierarchical",
      ])
    #expect(QuotaSemantics(name: "bucket61") == nil)
  }
}
