import AWSWire
import AdmissionControl
import Histogram
import Testing

@testable import Bedquota

/// What a client counts, from the actions of its requests alone.
struct StatisticsRecorderTests {
  private let usage = TokenUsage(input: 10, output: 20)

  private func end(
    _ result: RequestCourse.End.Result, waited: Duration = .zero, took: Duration = .zero, attempts: Int = 1
  ) -> RequestCourse.End {
    RequestCourse.End(result: result, waited: waited, took: took, attempts: attempts)
  }

  @Test func eachActionIsCountedOnce() {
    var recorder = StatisticsRecorder(at: .zero)
    for _ in 0..<3 { recorder.began() }
    recorder.record(.send(timeout: nil), at: .zero)
    recorder.record(.retry(.throttled(.tokens), pause: .zero), at: .zero)
    recorder.record(.send(timeout: nil, after: .failure), at: .zero)
    let charge = RequestCourse.Charge(usage: usage, quotaTokens: 110, isEstimate: true)
    recorder.record(.settle(.completed(.zero), charge, end(.succeeded, waited: .seconds(1), took: .seconds(2))), at: .zero)
    recorder.record(.giveUp(Refusal.draining, nil, end(.refused, attempts: 0)), at: .zero)
    recorder.record(.giveUp(CancellationError(), .throttled(.requests), end(.failed)), at: .zero)
    let counts = recorder.statistics([], at: .zero)
    #expect(counts.requests == 3 && counts.attempted == 2 && counts.retries == 1 && counts.throttled == 2)
    #expect(counts.succeeded == 1 && counts.failed == 2 && counts.refused == 1 && counts.successRate == 1 / 3)
    #expect(counts.inputTokens == 10 && counts.outputTokens == 20 && counts.quotaTokens == 110 && counts.estimated == 1)
    #expect(counts.took.map { $0.max / .seconds(2) }.map { (0.999...1.001).contains($0) } == true)
    #expect(counts.waited?.p50 == .zero)
  }

  /// A gateway has a client for each of its models, up to 200.
  @Test func timesTakeMemoryForWhatThereIs() {
    var times = LatencyHistogram()
    #expect(times.histogram == nil)
    times.record(.zero)
    #expect(times.histogram.map { $0.estimatedFootprintInBytes <= 9_000 } == true)
    for seconds in [1, 9, 5] { times.record(.seconds(seconds)) }
    #expect(times.histogram.map { $0.estimatedFootprintInBytes <= 125_000 } == true)
    #expect(times.percentiles.map { (0.999...1.001).contains($0.max / .seconds(9)) } == true)
    #expect(times.percentiles.map { (0.999...1.001).contains($0.p50 / .seconds(1)) } == true)
    times.record(.seconds(100 * 86_400))
    #expect(times.percentiles.map { (0.999...1.001).contains($0.max / .seconds(86_400)) } == true)
  }

  @Test func whatMayBePaidIsCounted() {
    var recorder = StatisticsRecorder(at: .zero)
    let lost = RequestCourse.Charge(usage: usage, quotaTokens: 30, isEstimate: true, isLost: true)
    recorder.record(.resend(.failed(used: .zero), lost, pause: .zero), at: .zero)
    recorder.record(.send(timeout: nil, after: .loss), at: .zero)
    recorder.record(.settle(.failed(used: .zero), lost, end(.failed, attempts: 2)), at: .zero)
    let counts = recorder.statistics([], at: .zero)
    #expect(counts.mayBePaid == 2 && counts.mayBePaidTwice == 1 && counts.retries == 1)
    #expect(counts.outputTokens == 40 && counts.estimated == 2 && counts.failed == 1)
  }

  /// The limiter refused the retry, so it was never sent.
  @Test func aRetryThatIsRefusedIsNone() {
    var recorder = StatisticsRecorder(at: .zero)
    recorder.record(.retry(.throttled(.tokens), pause: .zero), at: .zero)
    recorder.record(.giveUp(Refusal.draining, nil, end(.refused, attempts: 1)), at: .zero)
    #expect(recorder.statistics([], at: .zero).retries == 0)
  }

  /// It was lost and was to be sent again, but the run stopped or the limiter refused it first.
  @Test(arguments: [CancellationError() as any Error, Refusal.draining])
  func aLostRequestThatIsDroppedIsNotPaidTwice(error: any Error) {
    var recorder = StatisticsRecorder(at: .zero)
    let lost = RequestCourse.Charge(usage: usage, quotaTokens: 30, isEstimate: true, isLost: true)
    recorder.record(.send(timeout: nil), at: .zero)
    recorder.record(.resend(.failed(used: .zero), lost, pause: .zero), at: .zero)
    recorder.record(.giveUp(error, nil, end(.failed, attempts: 1)), at: .zero)
    let counts = recorder.statistics([], at: .zero)
    #expect(counts.mayBePaid == 1 && counts.mayBePaidTwice == 0 && counts.retries == 0 && counts.attempted == 1)
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
