import BedrockEmulator
import Foundation
import Testing

/// bedrock-mantle's two meters: what must hold whatever happens, and what an oracle says that works everything out anew.
struct MantleLedgerTests {
  private static let seed: UInt64 = 7
  private static let (input, output) = (Int64(27_000), Int64(6_000))

  private static func quota(_ code: String, _ value: Int64) -> MantleLedger.Quota {
    .init(code: code, name: code, value: Double(value))
  }

  private struct Rig {
    var clock = EmulatorClock.manual()
    var enforcer: MantleEnforcer
    var pool: Int

    init(
      _ semantics: QuotaSemantics, announcesWaits: Bool = false, input: Int64? = MantleLedgerTests.input,
      output: Int64? = MantleLedgerTests.output
    ) {
      let clock = EmulatorClock.manual()
      enforcer = MantleEnforcer(semantics: semantics, seed: MantleLedgerTests.seed, clock: clock, announcesWaits: announcesWaits)
      let quota = MantleLedgerTests.quota
      pool = enforcer.pool(input: input.map { quota("L-IN", $0) }, output: output.map { quota("L-OUT", $0) })
      self.clock = clock
    }

    func reserve(_ tokens: Int) -> MantleLedger.Lease? {
      if case .admitted(let lease) = enforcer.reserve(pool: pool, tokens: tokens) { lease } else { nil }
    }

    func available(_ code: String) -> Double? { enforcer.meters().first { $0.code == code }?.available }
  }

  /// A request that generates its output in pieces.
  private struct Running {
    var lease: MantleLedger.Lease
    var request: Int
    var prompt: Int
    var wanted: Int
    var said = 0
  }

  /// Random requests for five minutes: every admission, every piece of output and every refund as the oracle says.
  @Test(arguments: QuotaSemantics.all, 1...3)
  func fiveMinutesAsTheOracleSays(semantics: QuotaSemantics, seed: Int) {
    // A third of what the requests would say.
    let output: Int64 = 2_400
    let rig = Rig(semantics, output: output)
    var oracle = NaiveMantle(
      semantics: semantics, input: Self.input, output: output, start: rig.clock.date.timeIntervalSince1970)
    var random = QuotaLedgerTests.Generator(state: UInt64(seed))
    let isSmall = semantics.name == "bucket2"
    var running: [Running] = []
    var (admitted, refused, cut) = (0, 0, 0)
    while rig.clock.now < 300_000_000_000 {
      rig.clock.advance(by: Int64.random(in: 0...400, using: &random) * 1_000_000)
      if Int.random(in: 0..<4, using: &random) == 0 {
        let prompt = Int.random(in: 1...(isSmall ? 200 : 1_500), using: &random)
        let most = Int.random(in: 1...400, using: &random)
        let lease = rig.reserve(prompt + most)
        let request = oracle.admits(Int64(prompt + most), at: rig.clock.now, seed: Self.seed)
        #expect((lease == nil) == (request == nil), "at \(rig.clock.now)")
        guard let lease, let request else {
          refused += 1
          continue
        }
        admitted += 1
        running.append(Running(lease: lease, request: request, prompt: prompt, wanted: Int.random(in: 1...most, using: &random)))
      } else if let index = running.indices.randomElement(using: &random) {
        let count = min(Int.random(in: 1...60, using: &random), running[index].wanted - running[index].said)
        let granted = rig.enforcer.generate(count, running[index].lease)
        let expected = oracle.room(for: Int64(count), of: running[index].request, at: rig.clock.now)
        // A sine of seconds and one of nanoseconds may differ by a hair, and a hair may be a token.
        #expect(abs(expected - Int64(granted)) <= (semantics.name == "soft" ? 1 : 0), "at \(rig.clock.now)")
        oracle.generates(Int64(granted), of: running[index].request, at: rig.clock.now)
        running[index].said += granted
        if granted < count { cut += 1 }
        guard granted < count || running[index].said == running[index].wanted else { continue }
        let ended = running.remove(at: index)
        rig.enforcer.settle(ended.lease, tokens: ended.prompt + ended.said)
        oracle.ends(ended.request, with: Int64(ended.prompt + ended.said), at: rig.clock.now)
      }
    }
    #expect(
      admitted > 100 && refused > 3 && cut > 3,
      "\(admitted) admitted, \(refused) refused, \(cut) cut: a trace that tries next to nothing")
  }

  /// No more output is given than the quota holds at the start and gets since, and all of both meters comes back at rest.
  @Test(arguments: QuotaSemantics.all, 1...4)
  func outputStaysWithinItsQuotaAndAllComesBack(semantics: QuotaSemantics, seed: Int) {
    let rig = Rig(semantics)
    var random = QuotaLedgerTests.Generator(state: UInt64(seed))
    var given = 0
    while rig.clock.now < 1_200_000_000_000 {
      rig.clock.advance(by: Int64.random(in: 0...1_000_000_000, using: &random))
      guard let lease = rig.reserve(Int.random(in: 1...800, using: &random)) else { continue }
      let wanted = Int.random(in: 0...300, using: &random)
      let granted = rig.enforcer.generate(wanted, lease)
      #expect((0...wanted).contains(granted))
      given += granted
      rig.enforcer.settle(lease, tokens: granted)
    }
    // One more for what a clock minute or a late debit lets through; the drift of `soft` is nothing over whole periods.
    let minutes = Double(rig.clock.now) / 60e9
    #expect(Double(given) <= Double(Self.output) * (minutes + 2))
    #expect(Double(given) >= Double(Self.output) * minutes * 0.7, "a trace that generates next to nothing proves nothing")
    rig.clock.advance(by: 1_200_000_000_000)
    for meter in rig.enforcer.meters() {
      let brim: Double =
        if case .bucket(let seconds) = semantics.window { Double(meter.quota) * Double(seconds) / 60 } else {
          Double(meter.quota)
        }
      #expect(meter.inFlight == 0 && abs(meter.available - brim) < 1e-6, "\(meter.code)")
    }
  }

  @Test func whatIsRefusedTakesNothing() {
    let rig = Rig(.bucket60)
    #expect(rig.reserve(Int(Self.input) + 1) == nil)
    #expect(rig.available("L-IN") == Double(Self.input) && rig.available("L-OUT") == Double(Self.output))
    #expect(rig.enforcer.meters().allSatisfy { $0.inFlight == 0 })
  }

  /// Input holds what was asked and said, output what was said.
  @Test func theUnusedReservationComesBack() throws {
    let rig = Rig(.bucket60)
    let lease = try #require(rig.reserve(1_000 + 4_000))
    #expect(rig.available("L-IN") == 22_000 && rig.available("L-OUT") == 6_000)
    #expect(rig.enforcer.generate(300, lease) == 300)
    #expect(rig.available("L-IN") == 22_000 && rig.available("L-OUT") == 5_700)
    rig.enforcer.settle(lease, tokens: 1_000 + 300)
    #expect(rig.available("L-IN") == 25_700 && rig.available("L-OUT") == 5_700)
  }

  @Test func anEmptyOutputMeterGivesWhatIsLeftAndThenNothing() throws {
    let rig = Rig(.bucket60)
    let lease = try #require(rig.reserve(10))
    #expect(rig.enforcer.generate(5_990, lease) == 5_990)
    #expect(rig.enforcer.generate(20, lease) == 10)
    #expect(rig.enforcer.generate(20, lease) == 0)
    rig.clock.advance(by: 10_000_000)
    #expect(rig.enforcer.generate(20, lease) == 1)
  }

  @Test func withoutAQuotaNothingIsLimited() throws {
    for rig in [Rig(.bucket60, input: nil, output: nil), Rig(.rolling60, input: nil, output: nil)] {
      let lease = try #require(rig.reserve(1_000_000_000))
      #expect(rig.enforcer.generate(1_000_000_000, lease) == 1_000_000_000)
      rig.enforcer.settle(lease, tokens: 5)
      #expect(rig.enforcer.meters().isEmpty)
    }
    let lease = try #require(Rig(.bucket60, input: nil, output: 10).reserve(1_000_000))
    #expect(lease.ordinal == 0)
  }

  @Test func aQuotaOfZero() throws {
    #expect(Rig(.bucket60, input: 0).reserve(1) == nil)
    let rig = Rig(.bucket60, output: 0)
    let lease = try #require(rig.reserve(1))
    #expect(rig.enforcer.generate(1, lease) == 0)
  }

  @Test func modelsWithTheSameQuotaShareIt() throws {
    let rig = Rig(.bucket60)
    let other = rig.enforcer.pool(input: Self.quota("L-IN", 1), output: nil)
    guard case .admitted = rig.enforcer.reserve(pool: other, tokens: 7_000) else {
      Issue.record("not admitted")
      return
    }
    #expect(rig.available("L-IN") == 20_000)
  }

  @Test func whatIsUsedStaysUsedHoweverTheQuotaMoves() throws {
    let rig = Rig(.bucket60)
    let lease = try #require(rig.reserve(7_000))
    for value in [500.0, 0, 50_000, 27_000] { rig.enforcer.setQuota(code: "L-IN", value: value) }
    #expect(rig.available("L-IN") == 20_000)
    rig.enforcer.reset()
    #expect(rig.enforcer.generate(10, lease) == 10)
    rig.enforcer.settle(lease, tokens: 7_000)
    #expect(rig.available("L-IN") == 27_000 && rig.available("L-OUT") == 6_000)
    #expect(rig.enforcer.meters().allSatisfy { $0.inFlight == 0 })
  }

  /// Refused just before the announced wait is over, admitted when it is.
  @Test(arguments: QuotaSemantics.all.filter { $0.name != "soft" && $0.shards == 1 && !$0.isLate })
  func theAnnouncedWaitIsRight(semantics: QuotaSemantics) {
    let rig = Rig(semantics, announcesWaits: true)
    var random = QuotaLedgerTests.Generator(state: 3)
    var waits = 0
    for _ in 0..<200 {
      let tokens = Int.random(in: 1...800, using: &random)
      switch rig.enforcer.reserve(pool: rig.pool, tokens: tokens) {
      case .admitted(let lease): rig.enforcer.settle(lease, tokens: tokens)
      case .throttled(let wait):
        waits += 1
        rig.clock.advance(by: wait - 1)
        #expect(rig.reserve(tokens) == nil, "too early by a nanosecond, and in")
        rig.clock.advance(by: 1)
        guard let lease = rig.reserve(tokens) else {
          Issue.record("the wait was over, and refused")
          return
        }
        rig.enforcer.settle(lease, tokens: tokens)
      }
    }
    #expect(waits > 2)
  }
}
