import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation

/// Two clients with the same work on one emulator, whose clock runs faster so that minutes pass in seconds.
struct Demo: Sendable {
  /// Two profiles with equal quotas that the server counts apart.
  static let plainID = "us.anthropic.claude-sonnet-4-20250514-v1:0"
  static let quotaAwareID = "global.anthropic.claude-sonnet-4-20250514-v1:0"
  /// Seconds that pass in the emulator in one real second.
  static let timeScale = 12.0
  static let minutes = 7
  /// Minutes that don't count: a bucket that is full at the start lets a client exceed its rate until it is used up.
  static let minutesBefore = 2
  static let workers = 24
  static let maxTokens = 600
  static let promptTokens = 300...700
  static let outputTokens = 50...250

  let session: BedquotaSession
  let emulator: Emulator
  let context: QuotaContext

  static func with(_ body: @escaping @Sendable (Demo) async throws -> Void) async throws {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(
      latency: 0.5, tokensPerSecond: 60, outputTokens: .uniform(outputTokens.lowerBound, outputTokens.upperBound), seed: 1)
    let account = try SampleAccount.load()
    // The minutes of the metrics begin when those of the race do.
    let origin = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 60).rounded(.down) * 60)
    try await EmulatedSession.with(
      [account], behaviour: behaviour, clock: .running(scale: timeScale, from: origin), region: account.region
    ) { session, emulator in
      let context = try await session.discovery.context(for: ids)
      try await body(Demo(session: session, emulator: emulator, context: context))
    }
  }

  private static let ids = [plainID, quotaAwareID].map { InvokedID($0)! }

  /// The quotas that bind the quota-aware client; those of the plain one are equal.
  var resolution: Resolution { context.resolver.resolve(Self.ids[1]) }

  struct Outcome: Sendable {
    /// The server's measurements in the minutes that count, of the plain client and of ours.
    var measured: [UsageReport]
    /// The same over all minutes.
    var reports: [UsageReport]
    var plain: DemoTimes.Summary
    var quotaAware: DemoTimes.Summary
  }

  /// Runs both clients until the minutes are over.
  /// - Parameter progress: called with the seconds that have passed in the emulator.
  func race(_ progress: @escaping @Sendable (Double) -> Void) async throws -> Outcome {
    var options = QuotaAwareClient.Options()
    options.timeScale = Self.timeScale
    let client = QuotaAwareClient(resolution, session: session, options: options)
    let plain = PlainClient(id: Self.plainID, session: session, timeScale: Self.timeScale)
    let (plainTimes, ourTimes) = (DemoTimes(), DemoTimes())
    // Start with the next whole minute of the metrics.
    let begin = (emulator.clock.date.timeIntervalSince1970 / 60).rounded(.up) * 60
    try await emulator.clock.sleep(until: emulator.clock.now + Int64((begin - emulator.clock.date.timeIntervalSince1970) * 1e9))
    let start = emulator.clock.now
    let end = start + Int64(Self.minutes) * 60_000_000_000
    let from = start + Int64(Self.minutesBefore) * 60_000_000_000
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<Self.workers {
        group.addTask { try await work(worker, plainTimes, from: from) { try await plain.send($0) } }
        group.addTask { try await work(worker, ourTimes, from: from) { _ = try await client.send($0) } }
      }
      while emulator.clock.now < end {
        progress(Double(emulator.clock.now - start) / 1e9)
        try await Task.sleep(for: .milliseconds(250))
      }
      group.cancelAll()
      try? await group.waitForAll()
    }
    let first = Date(timeIntervalSince1970: begin)
    let last = first.addingTimeInterval(Double(Self.minutes) * 60)
    return Outcome(
      measured: try await usage(from: first.addingTimeInterval(Double(Self.minutesBefore) * 60), to: last),
      reports: try await usage(from: first, to: last), plain: plainTimes.summary, quotaAware: ourTimes.summary)
  }

  private func usage(from start: Date, to end: Date) async throws -> [UsageReport] {
    let window = try UsageWindow(start: start, end: end, periodSeconds: 60, now: max(emulator.clock.date, end))
    return try await session.monitor.usage(of: Self.ids, in: window, context: context, endpoint: .runtime).reports
  }

  /// One worker: sends the next request as soon as the last one is answered or given up.
  private func work(
    _ worker: Int, _ times: DemoTimes, from: Int64, _ send: (ModelRequest) async throws -> Void
  ) async throws {
    // The same sequence of sizes for the workers of both clients.
    var size = UInt64(worker + 1)
    while !Task.isCancelled {
      size = size &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let tokens = Self.promptTokens.lowerBound + Int(size >> 33) % Self.promptTokens.count
      let request = ModelRequest(prompt: String(repeating: "word", count: tokens), maxTokens: Self.maxTokens)
      let start = emulator.clock.now
      do {
        try await send(request)
        if start >= from { times.answered(seconds: Double(emulator.clock.now - start) / 1e9) }
      } catch is CancellationError {
        return
      } catch {
        if start >= from, !Task.isCancelled { times.gaveUp() }
      }
    }
  }
}
