import BedrockEmulator
import BedrockQuotas
import Testing

/// The model of capacity beside a client without pause on the emulator's own engine, which shares no arithmetic with it.
struct CapacitySimulationTests {
  /// A workload chosen to be hard, and the quotas that it meets.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var rpm: Double?
    var tpm: Double?
    var concurrent: Double?
    var input: Int
    var output: Int
    var maxTokens: Int
    var cacheRead = 0
    var cacheWrite = 0
    var burndown = 1
    var workers: Int?
    /// Seconds, a multiple of the simulation's step.
    var latency: Double
    var binding: QuotaMeasure
    /// Minutes left out at the start, and minutes measured.
    var warmUp: Int64 = 5
    var span: Int64 = 20
    var testDescription: String { name }

    var workload: Workload {
      get throws {
        try Workload(
          inputTokens: input, outputTokens: output, cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite,
          maxTokens: maxTokens, concurrency: workers, latency: latency)
      }
    }

    func capacity() throws -> Capacity {
      func quota(_ measure: QuotaMeasure, _ value: Double?) -> Quota? {
        let names: [QuotaMeasure: String] = [
          .rpm: "On-demand model inference requests per minute for Acme Rocket",
          .tpm: "On-demand model inference tokens per minute for Acme Rocket",
          .concurrent: "On-demand InvokeModel concurrent requests for Acme Rocket",
        ]
        guard let name = names[measure] else { return nil }
        return value.map { Quota(code: "L-\(measure)", name: QuotaName(name), appliedValue: $0, family: "Rocket") }
      }
      let quotas = [quota(.rpm, rpm), quota(.tpm, tpm), quota(.concurrent, concurrent)].compactMap { $0 }
      let id = "acme.rocket-v1:0"
      let resolution = QuotaResolver(quotas: quotas).resolve(try #require(InvokedID(id)))
      try #require(resolution.quotas.count == quotas.count)
      return Capacity(of: try workload, under: resolution, outputBurndown: burndown)
    }
  }

  static let bucketCases = [
    Case(name: "requests bind", rpm: 120, tpm: 2_000_000, input: 3_000, output: 500, maxTokens: 1_000, latency: 7, binding: .rpm),
    Case(
      name: "max_tokens left out", rpm: 1_000, tpm: 2_000_000, input: 3_000, output: 500, maxTokens: 64_000, latency: 7,
      binding: .tpm, warmUp: 25),
    Case(
      name: "burndown into debt", tpm: 200_000, input: 1_000, output: 1_000, maxTokens: 1_000, burndown: 5, latency: 5,
      binding: .tpm),
    Case(
      name: "workers bind", rpm: 1_000, tpm: 1_000_000, input: 1_000, output: 500, maxTokens: 1_000, workers: 20, latency: 3,
      binding: .concurrent),
    Case(
      name: "longer than the window", tpm: 300_000, input: 10_000, output: 5_000, maxTokens: 8_000, latency: 90, binding: .tpm),
    Case(
      name: "few whole requests", tpm: 100_000, input: 20_000, output: 1_000, maxTokens: 8_000, latency: 4, binding: .tpm,
      span: 60),
    Case(
      name: "a tiny quota", rpm: 2, tpm: 4_000, input: 500, output: 200, maxTokens: 1_000, latency: 2, binding: .rpm, span: 60),
    Case(
      name: "a reservation just below the quota", tpm: 100_000, input: 5_000, output: 5_000, maxTokens: 94_000, latency: 10,
      binding: .tpm, span: 60),
    Case(
      name: "cache reads", rpm: 60, tpm: 60_000, input: 200, output: 300, maxTokens: 600, cacheRead: 9_000, cacheWrite: 700,
      latency: 4, binding: .tpm, warmUp: 20, span: 30),
    Case(
      name: "two limits near each other", rpm: 104, tpm: 350_000, input: 3_000, output: 500, maxTokens: 2_000, latency: 6,
      binding: .tpm),
  ]

  static let rollingCases = [
    Case(name: "requests bind", rpm: 120, tpm: 2_000_000, input: 3_000, output: 500, maxTokens: 1_000, latency: 7, binding: .rpm),
    Case(
      name: "max_tokens left out", rpm: 1_000, tpm: 2_000_000, input: 3_000, output: 500, maxTokens: 64_000, latency: 7,
      binding: .tpm),
    Case(
      name: "burndown into debt, by few workers", tpm: 200_000, input: 1_000, output: 1_000, maxTokens: 1_000, burndown: 5,
      workers: 10, latency: 5, binding: .tpm),
    Case(
      name: "a concurrency quota binds", tpm: 1_000_000, concurrent: 7, input: 1_000, output: 500, maxTokens: 1_000, latency: 3.5,
      binding: .concurrent),
    Case(
      name: "longer than the window", tpm: 300_000, input: 10_000, output: 5_000, maxTokens: 8_000, latency: 90, binding: .tpm),
    Case(
      name: "few whole requests", tpm: 100_000, input: 20_000, output: 1_000, maxTokens: 8_000, latency: 4, binding: .tpm,
      span: 60),
    Case(
      name: "a tiny quota, all into debt at once", tpm: 7_000, input: 100, output: 400, maxTokens: 900, burndown: 10,
      latency: 20, binding: .tpm, span: 60),
    Case(
      name: "a reservation just below the quota", tpm: 100_000, input: 5_000, output: 5_000, maxTokens: 94_000, latency: 10,
      binding: .tpm, span: 60),
    Case(
      name: "cache reads", rpm: 60, tpm: 100_000, input: 200, output: 300, maxTokens: 600, cacheRead: 9_000, cacheWrite: 700,
      latency: 4, binding: .tpm, span: 30),
    Case(
      name: "two limits near each other", rpm: 100, tpm: 380_000, input: 3_000, output: 500, maxTokens: 2_000, latency: 6,
      binding: .rpm),
  ]

  @Test(arguments: bucketCases)
  func bucket(load: Case) throws {
    let seen = try BruteForce.run(load, .bucket60)
    let capacity = try load.capacity()
    let rate = try #require(capacity.requestsPerMinute)
    #expect(capacity.binding?.measure == load.binding && seen.binding == load.binding)
    #expect(abs(rate - seen.requestsPerMinute) < 0.03 * seen.requestsPerMinute, "\(rate), \(seen.requestsPerMinute) seen")
  }

  @Test(arguments: rollingCases)
  func rolling(load: Case) throws {
    let seen = try BruteForce.run(load, .rolling60)
    let rolling = try #require(try load.capacity().rolling)
    let rate = rolling.requestsPerMinute
    #expect(rolling.binding.measure == load.binding && seen.binding == load.binding)
    #expect(abs(rate - seen.requestsPerMinute) < 0.03 * seen.requestsPerMinute, "\(rate), \(seen.requestsPerMinute) seen")
  }
}

/// Workers that ask again as soon as they may, until they get in: at each end of a request, and every 50 ms.
enum BruteForce {
  static let step = 50_000_000
  static let minute: Int64 = 60_000_000_000

  static func run(
    _ load: CapacitySimulationTests.Case, _ semantics: QuotaSemantics
  ) throws -> (requestsPerMinute: Double, binding: QuotaMeasure) {
    var ledger = QuotaLedger(semantics: semantics, seed: 1, origin: 0, announcesWaits: false)
    let quotas: [(QuotaLedger.Measure, Double?)] = [(.rpm, load.rpm), (.tpm, load.tpm), (.concurrent, load.concurrent)]
    let meters = quotas.compactMap { measure, value in
      value.map { ledger.meter(code: "L-\(measure)", name: "", measure: measure, value: $0, factor: 1, at: 0) }
    }
    let pool = ledger.addPool(meters)
    let reserved = Int64(load.input + load.cacheRead + load.cacheWrite + load.maxTokens)
    let final = Int64(load.input + load.cacheWrite + load.burndown * load.output)
    let latency = Int64(load.latency * 1e9)
    var ends: [(instant: Int64, lease: QuotaLedger.Lease)] = []
    var (ended, admitted) = (0, 0)
    var refusals: [QuotaMeasure: Int] = [:]
    for now in stride(from: Int64(0), to: (load.warmUp + load.span) * minute, by: step) {
      while ended < ends.count, ends[ended].instant <= now {
        ledger.settle(ends[ended].lease, tokens: final, at: ends[ended].instant)
        ended += 1
      }
      var refusal: QuotaMeasure?
      while refusal == nil {
        if let workers = load.workers, ends.count - ended >= workers {
          refusal = .concurrent
          break
        }
        switch ledger.reserve(pool: pool, tokens: reserved, at: now) {
        case .admitted(let lease):
          ends.append((now + latency, lease))
          if now >= load.warmUp * minute { admitted += 1 }
        case .throttled(let measure, _): refusal = QuotaMeasure(rawValue: measure.rawValue)
        }
      }
      if now >= load.warmUp * minute, let refusal { refusals[refusal, default: 0] += 1 }
    }
    let binding = try #require(refusals.max { $0.value < $1.value }?.key)
    return (Double(admitted) / Double(load.span), binding)
  }
}
