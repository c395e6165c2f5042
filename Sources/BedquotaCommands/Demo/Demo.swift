import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import Gateway
import Logging

/// Three clients with the same work, each with quotas for itself, on emulators whose clock runs faster so that minutes pass in
/// seconds.
struct Demo: Sendable {
  /// Two profiles with equal quotas that an emulator counts apart.
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

  /// How long the gateway holds a request, in the emulator's seconds: boto3 waits for 60 s.
  static let holdMax = 40.0

  let session: BedquotaSession
  let emulator: Emulator
  let context: QuotaContext
  /// Of the emulator behind the gateway: another account, so to say.
  let behindGateway: BedquotaSession
  /// Calls the gateway.
  let throughGateway: BedquotaSession

  static func with(_ body: @escaping @Sendable (Demo) async throws -> Void) async throws {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(
      latency: 0.5, tokensPerSecond: 60, outputTokens: .uniform(outputTokens.lowerBound, outputTokens.upperBound), seed: 1)
    let account = try SampleAccount.load()
    // The minutes of the metrics begin when those of the race do.
    let origin = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 / 60).rounded(.down) * 60)
    let clock = EmulatorClock.running(scale: timeScale, from: origin)
    try await EmulatedSession.with([account], behaviour: behaviour, clock: clock, region: account.region) {
      [behaviour] session, emulator in
      let context = try await session.discovery.context(for: ids)
      try await EmulatedSession.with([account], behaviour: behaviour, clock: clock, region: account.region) { behind, _ in
        try await gateway(behind).serve { started in
          try await EmulatedSession.with(server: started.url, region: account.region) { through in
            try await body(
              Demo(session: session, emulator: emulator, context: context, behindGateway: behind, throughGateway: through))
          }
        }
      }
    }
  }

  private static func gateway(_ session: BedquotaSession) -> GatewayServer {
    var configuration = GatewayConfiguration()
    configuration.listen.port = 0
    // The clock of the limiters is the emulator's.
    configuration.queue.waitMax = .seconds(holdMax)
    return GatewayServer(
      configuration, session: session, logger: Logger(label: "bedquota.gateway") { _ in SwiftLogNoOpLogHandler() },
      client: clientOptions)
  }

  private static var clientOptions: QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    options.timeScale = timeScale
    return options
  }

  private static let ids = [plainID, quotaAwareID].map { InvokedID($0)! }

  /// The quotas that bind the quota-aware client; those of the plain one are equal.
  var resolution: Resolution { context.resolver.resolve(Self.ids[1]) }

  struct Outcome: Sendable {
    /// A client: what its server measured in the minutes that count, and what it saw itself.
    struct Part: Sendable {
      var measured: UsageReport
      var times: DemoTimes.Summary
    }

    var plain: Part
    var gateway: Part
    var quotaAware: Part
    /// All minutes of the plain client and of ours.
    var reports: [UsageReport]
  }

  /// Runs all clients until the minutes are over.
  /// - Parameter progress: called with the seconds that have passed in the emulator.
  func race(_ progress: @escaping @Sendable (Double) -> Void) async throws -> Outcome {
    let client = QuotaAwareClient(resolution, session: session, options: Self.clientOptions)
    let plain = PlainClient(id: Self.plainID, session: session, timeScale: Self.timeScale)
    let held = PlainClient(id: Self.plainID, session: throughGateway, timeScale: Self.timeScale)
    let (plainTimes, gatewayTimes, ourTimes) = (DemoTimes(), DemoTimes(), DemoTimes())
    // Start with the next whole minute of the metrics.
    let begin = (emulator.clock.date.timeIntervalSince1970 / 60).rounded(.up) * 60
    try await emulator.clock.sleep(until: emulator.clock.now + Int64((begin - emulator.clock.date.timeIntervalSince1970) * 1e9))
    let start = emulator.clock.now
    let end = start + Int64(Self.minutes) * 60_000_000_000
    let from = start + Int64(Self.minutesBefore) * 60_000_000_000
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<Self.workers {
        group.addTask { try await work(worker, plainTimes, from: from) { try await plain.send($0) } }
        group.addTask { try await work(worker, gatewayTimes, from: from) { try await held.send($0) } }
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
    let counted = first.addingTimeInterval(Double(Self.minutesBefore) * 60)
    let measured = try await usage(session, from: counted, to: last)
    let behind = try await usage(behindGateway, from: counted, to: last)
    return Outcome(
      plain: .init(measured: measured[0], times: plainTimes.summary),
      gateway: .init(measured: behind[0], times: gatewayTimes.summary),
      quotaAware: .init(measured: measured[1], times: ourTimes.summary),
      reports: try await usage(session, from: first, to: last))
  }

  private func usage(_ session: BedquotaSession, from start: Date, to end: Date) async throws -> [UsageReport] {
    let window = try UsageWindow(start: start, end: end, periodSeconds: 60, now: max(emulator.clock.date, end))
    return try await session.monitor.usage(of: Self.ids, in: window, context: context, endpoint: .runtime).reports
  }

  /// One worker: sends the next request as soon as the last one is answered or given up.
  private func work(
    _ worker: Int, _ times: DemoTimes, from: Int64, _ send: (ModelRequest) async throws -> Void
  ) async throws {
    // The same sequence of sizes for the workers of all clients.
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
