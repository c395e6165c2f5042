import AdmissionControl
import Bedquota
import BedrockQuotas
import Foundation
import UnixSignals

/// `run` in words.
enum RunRendering {
  static func plan(_ plan: BatchPlan, _ client: QuotaAwareClient) -> String {
    var lines = ["\(Figures.grouped(plan.records)) records for \(client.resolution.id)"]
    if let input = plan.averageInputTokens {
      let reserved = plan.averageMaxTokens.map { ", max_tokens \(Figures.grouped($0))" } ?? ""
      lines.append("about \(Figures.grouped(input)) input tokens each\(reserved)")
      lines.append(contentsOf: least(plan, client, input).map { [$0] } ?? [])
    }
    if plan.unreadable > 0 {
      lines.append("\(plan.unreadable) of the first \(plan.sample) hold no request and will end as errors")
    }
    if plan.withoutMaxTokens > 0 {
      lines.append(
        "\(plan.withoutMaxTokens) of the first \(plan.sample) have no max_tokens, so each reserves the model's maximum")
    }
    return lines.joined(separator: "; ") + "."
  }

  /// The time that the input alone takes, which no output can make shorter.
  private static func least(_ plan: BatchPlan, _ client: QuotaAwareClient, _ input: Int) -> String? {
    func value(_ measure: QuotaMeasure) -> Double? { client.resolution.quota(measure)?.value }
    let rates = [value(.rpm), value(.tpm).map { $0 / Double(max(input, 1)) }].compactMap { $0 }
    guard let rate = rates.min(), rate > 0 else { return nil }
    let minutes = Double(plan.records) / rate
    return
      "at least \(minutes < 1 ? "\(Figures.short(minutes * 60)) s" : "\(Figures.short(minutes)) min") at the quota, output not counted"
  }

  static func summary(_ summary: RunSummary, outputFile: String) -> String {
    let used = summary.quotaUtilization.map { ", \(Figures.percent($0)) of the quota" } ?? ""
    let rest = summary.interrupted ? " Interrupted; go on with --resume." : ""
    let waited =
      summary.waited.map { "; a request waited \(Figures.short($0.p50)) s at the median, \(Figures.short($0.p99)) s at p99" }
      ?? ""
    return
      "\(Figures.grouped(summary.succeeded)) succeeded, \(Figures.grouped(summary.failed)) failed, \(Figures.grouped(summary.throttled)) throttled attempts; \(Figures.grouped(summary.inputTokens)) input and \(Figures.grouped(summary.outputTokens)) output tokens in \(Figures.short(summary.seconds)) s\(used)\(waited); replies in \(outputFile).\(rest)"
  }
}

/// What a run came to.
struct RunSummary: Encodable, Sendable {
  var failed: Int
  var inputTokens: Int
  var outputTokens: Int
  /// Of the tokens per minute, over the whole time; nil where they aren't limited, or the time is under a minute.
  var quotaUtilization: Double?
  var retries: Int
  var seconds: Double
  var succeeded: Int
  var throttled: Int
  /// Seconds that requests waited for the quota, and that they took with all their waiting.
  var waited: Percentiles?
  var took: Percentiles?
  var interrupted = false
  var notes: [String] = []

  struct Percentiles: Encodable, Sendable {
    var max: Double
    var p50: Double
    var p90: Double
    var p99: Double

    init(_ percentiles: ClientStatistics.Percentiles) {
      func rounded(_ time: Duration) -> Double { (time / .milliseconds(1)).rounded() / 1_000 }
      (max, p50) = (rounded(percentiles.max), rounded(percentiles.p50))
      (p90, p99) = (rounded(percentiles.p90), rounded(percentiles.p99))
    }
  }

  private enum CodingKeys: String, CodingKey {
    case failed, inputTokens, outputTokens, quotaUtilization, retries, seconds, succeeded, throttled, took, waited
  }

  /// Runs to the end, or until Ctrl-C, with a line of progress.
  static func of(_ run: BatchRun, _ client: QuotaAwareClient, records: Int, _ console: Console) async throws -> RunSummary {
    let interrupts = Counter()
    async let _: Void = stopOnInterrupt(run, interrupts)
    let start = ContinuousClock.now
    let noted = Set(client.notes)
    let progress = try await ProgressLine.with(console, "Sending …", plainEvery: .seconds(30)) { line in
      async let _: Void = tick(run, client, records, line, start)
      return try await run.run()
    }
    let seconds =
      Double(start.duration(to: .now).components.seconds) + Double(start.duration(to: .now).components.attoseconds) / 1e18
    let statistics = client.statistics
    let limit = client.resolution.quota(.tpm)?.value
    return RunSummary(
      failed: progress.failed, inputTokens: statistics.inputTokens, outputTokens: statistics.outputTokens,
      quotaUtilization: seconds < 60
        ? nil : limit.flatMap { $0 > 0 ? Double(statistics.quotaTokens) * 60 / ($0 * seconds) : nil },
      retries: statistics.retries, seconds: (seconds * 1_000).rounded() / 1_000, succeeded: progress.succeeded,
      throttled: statistics.throttled, waited: statistics.waited.map(Percentiles.init),
      took: statistics.took.map(Percentiles.init),
      interrupted: interrupts.value > 0, notes: client.notes.filter { !noted.contains($0) })
  }

  /// Ctrl-C: the first one asks for an end, the second one ends.
  private static func stopOnInterrupt(_ run: BatchRun, _ count: Counter) async {
    for await _ in await UnixSignalsSequence(trapping: .sigint) {
      guard count.next() == 1 else { _exit(130) }
      run.stop()
    }
  }

  private static func tick(
    _ run: BatchRun, _ client: QuotaAwareClient, _ records: Int, _ line: ProgressLine, _ start: ContinuousClock.Instant
  ) async {
    while (try? await Task.sleep(for: .milliseconds(500))) != nil {
      let progress = run.progress
      let done = progress.succeeded + progress.failed
      let seconds = max(0.5, Double(start.duration(to: .now).components.seconds))
      let statistics = client.statistics
      let use = statistics.quotas.max { $0.utilization < $1.utilization }
      let binding = use.map { ", \(Figures.percent($0.utilization)) of \($0.measure.rawValue)" } ?? ""
      let open = max(0, records - progress.done - done)
      let left = done > 0 ? ", \(Figures.short((Double(open) * seconds / Double(done)).rounded())) s left" : ""
      line.update(
        "\(Figures.grouped(progress.done + done)) of \(Figures.grouped(records)) done, \(Figures.short(Double(done) * 60 / seconds)) a minute, \(Figures.grouped(statistics.throttled)) throttled\(binding)\(left)"
      )
    }
  }
}
