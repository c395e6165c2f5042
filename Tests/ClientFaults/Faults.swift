import AWSClient
import AWSServer
import AWSWire
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import TestSupport

/// What the client makes of a server in trouble: how much of the limit that then holds it uses, and how much of it is refused.
///
/// On the emulator, whose minutes pass in seconds: build for release, and leave the machine alone. What counts begins 60 s after the
/// last change.
enum Faults {
  /// Two million tokens per minute: with a quota of a hundred requests a minute, a single look for more is a percent of them.
  static let id = "us.anthropic.claude-opus-4-7"
  static let timeScale = 6.0
  static let workers = 240
  /// Minutes of the emulator: those that don't count, and those that do.
  static let (before, counted) = (2, 4)
  static let useLeast = 0.95
  static let throttledMost = 0.005

  struct Case: Sendable {
    var name: String
    var streams = false
    var isStrict = false
    /// What happens a minute after the start, or at the start where it is a fault for all of the time.
    var atStart: FaultPlan?
    var afterAMinute: [(call: String, json: JSONValue)] = []
    /// What is undone twenty seconds later.
    var undone: [(call: String, json: JSONValue)] = []
    /// The share of the quota that holds while it counts.
    var share = 1.0
    /// Of the server's count, what others used.
    var foreign = 0.0
  }

  static func cases(tpm: Quota) -> [Case] {
    [
      Case(name: "nothing wrong"),
      Case(name: "a tenth of the streams cut", streams: true, atStart: FaultPlan(rates: [.cut: 0.1])),
      Case(name: "half of the replies without usage", atStart: FaultPlan(rates: [.noUsage: 0.5])),
      Case(name: "a twentieth of the connections dropped", atStart: FaultPlan(rates: [.drop: 0.05])),
      Case(
        name: "a storm of 503 for 20 s", afterAMinute: [("faults", ["service-unavailable": 0.9])], undone: [("faults", [:])]),
      Case(
        name: "quota halved", afterAMinute: [("quotas", ["code": .string(tpm.code), "value": .number((tpm.value ?? 0) / 2)])],
        share: 0.5),
      Case(
        name: "others use half", afterAMinute: [("traffic", ["modelId": .string(id), "share": 0.5])], share: 0.5, foreign: 0.5),
    ]
  }

  struct Row: Sendable {
    var name: String
    var use: Double
    var throttled: Double
    var failed: Int
    var isMet: Bool { use >= Faults.useLeast && throttled <= Faults.throttledMost }
  }

  /// - Returns: whether every case is met.
  static func run(only: [Int] = []) async throws -> Bool {
    let resolution: Resolution = try await on(Case(name: "")) { session, _ in try await Self.resolution(session) }
    guard let tpm = resolution.quotas.map(\.quota).first(where: { $0.name.measure == .tpm }) else { return false }
    let rows = try await withThrowingTaskGroup(of: (Int, Row).self) { group in
      for (index, item) in cases(tpm: tpm).enumerated() where only.isEmpty || only.contains(index) {
        group.addTask { (index, try await play(item)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    print("use of the limit that holds (at least 95 %), attempts throttled (at most 0.5 %), requests failed")
    for row in rows {
      func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }
      print("\(row.isMet ? "met    " : "NOT MET") \(row.name): \(percent(row.use)), \(percent(row.throttled)), \(row.failed)")
    }
    return rows.allSatisfy(\.isMet)
  }

  private static func resolution(_ session: BedquotaSession) async throws -> Resolution {
    let invoked = InvokedID(id)!
    return try await session.discovery.context(for: [invoked]).resolver.resolve(invoked)
  }

  private static func on<Output: Sendable>(
    _ item: Case, _ body: @escaping @Sendable (BedquotaSession, Emulator) async throws -> Output
  ) async throws -> Output {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0.5, tokensPerSecond: 60, outputTokens: .uniform(50, 250), seed: 1)
    if let faults = item.atStart { behaviour.faults = faults }
    let account = try SampleAccount.load()
    let origin = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 60).rounded(.down) * 60)
    return try await TestEmulator.serving([account], behaviour: behaviour, clock: .running(scale: timeScale, from: origin)) {
      url, emulator in
      try await BedquotaSession.with(try TestEmulator.configuration(url: url, region: account.region)) {
        session in try await body(session, emulator)
      }
    }
  }

  private static func play(_ item: Case) async throws -> Row {
    try await on(item) { session, emulator in
      var options = QuotaAwareClient.Options()
      options.timeScale = timeScale
      options.attemptsMax = 10
      let client = QuotaAwareClient(try await resolution(session), session: session, options: options)
      let begin = (emulator.clock.date.timeIntervalSince1970 / 60).rounded(.up) * 60
      func wait(until seconds: Double) async throws {
        let left = begin + seconds - emulator.clock.date.timeIntervalSince1970
        if left > 0 { try await emulator.clock.sleep(until: emulator.clock.now + Int64(left * 1e9)) }
      }
      try await wait(until: 0)
      var failedBefore = 0
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<workers { group.addTask { await work(client, item, worker) } }
        try await wait(until: 60)
        for change in item.afterAMinute { await control(emulator, change) }
        // The storm is over twenty seconds later, and a minute after that it counts.
        if !item.undone.isEmpty {
          try await wait(until: 80)
          for change in item.undone { await control(emulator, change) }
        }
        try await wait(until: Double(before) * 60 + (item.undone.isEmpty ? 0 : 60))
        failedBefore = client.statistics.failed
        try await wait(until: Double(before + counted) * 60 + (item.undone.isEmpty ? 0 : 60))
        group.cancelAll()
      }
      let failed = client.statistics.failed - failedBefore
      return try await row(item, session, from: begin + Double(before) * 60 + (item.undone.isEmpty ? 0 : 60), failed: failed)
    }
  }

  private static func control(_ emulator: Emulator, _ change: (call: String, json: JSONValue)) async {
    let reply = await emulator.respond(
      to: .init(method: "PUT", target: "/_emulator/\(change.call)", headers: [], body: change.json.data))
    precondition(reply.status == 200, "\(change.call): \(reply.status)")
  }

  private static func row(_ item: Case, _ session: BedquotaSession, from start: Double, failed: Int) async throws -> Row {
    let first = Date(timeIntervalSince1970: start)
    let last = first.addingTimeInterval(Double(counted) * 60)
    let window = try UsageWindow(start: first, end: last, periodSeconds: 60, now: last)
    let invoked = InvokedID(id)!
    let context = try await session.discovery.context(for: [invoked])
    let report = try await session.monitor.usage(of: [invoked], in: window, context: context).reports[0]
    // As it was at the start: the value that was read now may be another one.
    let changed = item.afterAMinute.contains { $0.call == "quotas" } ? item.share : 1
    let quota = (report.peaks.first { $0.measure == .tpm }?.quota ?? .nan) / changed
    let tokens = (report.totals?.quotaTokens ?? 0) / Double(counted) - item.foreign * quota
    return Row(
      name: item.name, use: tokens / (quota * item.share), throttled: report.totals?.throttleRate ?? 0, failed: failed)
  }

  private static func work(_ client: QuotaAwareClient, _ item: Case, _ worker: Int) async {
    var size = UInt64(worker + 1)
    while !Task.isCancelled {
      size = size &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let request = ModelRequest(prompt: String(repeating: "word", count: 300 + Int(size >> 33) % 400), maxTokens: 600)
      do {
        if item.streams {
          for try await _ in try await client.stream(request) {}
        } else {
          _ = try await client.send(request)
        }
      } catch { continue }
    }
  }
}
