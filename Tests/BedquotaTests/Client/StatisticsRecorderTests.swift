import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// What a client counts, from the actions of its requests alone.
struct StatisticsRecorderTests {
  private let usage = TokenUsage(input: 10, output: 20)

  private func end(_ result: RequestCourse.End.Result, waited: Duration = .zero, took: Duration = .zero) -> RequestCourse.End {
    RequestCourse.End(result: result, waited: waited, took: took, attempts: 1)
  }

  @Test func eachActionIsCountedOnce() {
    var recorder = StatisticsRecorder(at: .zero)
    for _ in 0..<3 { recorder.began() }
    recorder.record(.send(timeout: nil), at: .zero)
    recorder.record(.retry(.throttled(.tokens), pause: .zero), at: .zero)
    recorder.record(.send(timeout: nil), at: .zero)
    let charge = RequestCourse.Charge(usage: usage, quotaTokens: 110, isEstimate: true)
    recorder.record(.settle(.completed(.zero), charge, end(.succeeded, waited: .seconds(1), took: .seconds(2))), at: .zero)
    recorder.record(.giveUp(Refusal.draining, nil, end(.refused)), at: .zero)
    recorder.record(.giveUp(CancellationError(), .throttled(.requests), end(.failed)), at: .zero)
    let counts = recorder.statistics([], at: .zero)
    #expect(counts.requests == 3 && counts.attempted == 2 && counts.retries == 1 && counts.throttled == 2)
    #expect(counts.succeeded == 1 && counts.failed == 2 && counts.refused == 1 && counts.successRate == 1 / 3)
    #expect(counts.inputTokens == 10 && counts.outputTokens == 20 && counts.quotaTokens == 110 && counts.estimated == 1)
    #expect(counts.took.map { $0.max / .seconds(2) }.map { (0.999...1.001).contains($0) } == true)
    #expect(counts.waited?.p50 == .zero)
  }

  @Test func theUseOfTheLastMinute() {
    var recorder = StatisticsRecorder(at: .seconds(7))
    let limits = [Limit(.requestsPerMinute, 60), Limit(.tokensPerMinute, 1_000), Limit(.tokensPerDay, 5), Limit(.concurrency, 1)]
    for second in 0..<120 {
      let now = Duration.seconds(7 + second)
      recorder.record(.send(timeout: nil), at: now)
      let charge = RequestCourse.Charge(usage: usage, quotaTokens: 5, isEstimate: false)
      recorder.record(.settle(.completed(.zero), charge, end(.succeeded)), at: now)
    }
    #expect(recorder.statistics(limits, at: .seconds(7 + 59)).quotas.isEmpty)
    let quotas = recorder.statistics(limits, at: .seconds(7 + 120)).quotas
    #expect(quotas.map(\.measure) == [.rpm, .tpm])
    #expect(quotas.map(\.used) == [60, 300] && quotas.map(\.utilization) == [1, 0.3])
    #expect(recorder.statistics(limits, at: .seconds(7 + 200)).quotas.map(\.used) == [0, 0])
  }
}
