import AWSClient
import AdmissionControl
package import BedrockQuotas
import Foundation
import Histogram
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Carries a probe out: sends what ``ProbeSearch`` wants sent, at its time, and tells it what came of it. It tries nothing twice.
package struct ProbeRunner: Sendable {
  /// What a probe came to.
  package struct Outcome: Sendable {
    package var report: ProbeReport
    /// For each second since the start, by when requests were sent: how many were taken, and how many throttled.
    package var seconds: [(accepted: Int, throttled: Int)]
  }

  let session: BedquotaSession
  let resolution: Resolution
  let options: ProbeOptions
  private let stopping = StopFlag()

  package init(_ resolution: Resolution, session: BedquotaSession, options: ProbeOptions) {
    self.resolution = resolution
    self.session = session
    self.options = options
  }

  private enum Event: Sendable {
    case answer(Int, ProbeOutcome, at: Int64)
    case tick
  }

  /// Sends nothing more; ``run(progress:)`` returns with what was measured.
  package func stop() { stopping.set() }

  /// - Parameter progress: hears where it stands, twice a second at most.
  package func run(progress: @Sendable (ProbeProgress) -> Void) async -> Outcome {
    let origin = Self.now
    let startedAt = Date().timeIntervalSince1970
    var search = ProbeSearch(options: options, prior: ProbePrior(resolution), at: origin)
    var latencies: [Histogram<UInt64>] = []
    let (events, channel) = AsyncStream.makeStream(of: Event.self)
    var arrivals = events.makeAsyncIterator()
    var sent: [Int: (step: Int, at: Int64)] = [:]
    var seconds: [(accepted: Int, throttled: Int)] = []
    // The earliest tick that is under way, and when progress was told last.
    var tickAt = Int64.max
    var toldAt = origin - 1_000_000_000
    await withTaskGroup(of: Void.self) { group in
      loop: while true {
        if stopping.isSet { search.interrupt(at: Self.now) }
        if Self.now - toldAt > 500_000_000 {
          toldAt = Self.now
          progress(search.progress)
        }
        switch search.next(at: Self.now) {
        case .finished: break loop
        case .send(let request):
          sent[request.id] = (request.step, Self.now)
          group.addTask { [self] in channel.yield(.answer(request.id, await ask(request.shape), at: Self.now)) }
        case .wait(let until):
          // Looked at twice a second, so that Ctrl-C doesn't have to wait for an answer.
          let next = min(until, Self.now + 500_000_000)
          if next < tickAt {
            tickAt = next
            group.addTask {
              try? await Task.sleep(for: .nanoseconds(max(0, next - Self.now)))
              channel.yield(.tick)
            }
          }
          switch await arrivals.next() {
          case .tick: tickAt = .max
          case .answer(let id, let outcome, let at):
            search.answered(id, outcome, at: at)
            guard let (step, since) = sent.removeValue(forKey: id) else { continue }
            let second = Int((since - origin) / 1_000_000_000)
            while seconds.count <= second { seconds.append((0, 0)) }
            switch outcome {
            case .accepted:
              while latencies.count <= step { latencies.append(Self.histogram) }
              latencies[step].record(UInt64(max(0, at - since) / 1_000))
              seconds[second].accepted += 1
            case .throttled: seconds[second].throttled += 1
            default: break
            }
          case nil: break loop
          }
        }
      }
      group.cancelAll()
    }
    var report = ProbeReport(search, resolution: resolution, startedAt: startedAt, origin: origin)
    for (step, histogram) in latencies.enumerated() {
      if let latency = Self.latency(histogram) { report.latencies[step] = latency }
    }
    return Outcome(report: report, seconds: seconds)
  }

  /// Microseconds, up to an hour.
  private static var histogram: Histogram<UInt64> {
    Histogram(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
  }

  private static func latency(_ histogram: Histogram<UInt64>) -> ProbeReport.Latency? {
    guard histogram.totalCount > 0 else { return nil }
    func value(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1_000 }
    return ProbeReport.Latency(p50: value(50), p90: value(90), p99: value(99))
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  // MARK: - A request

  private func ask(_ shape: ProbeShape) async -> ProbeOutcome {
    let request = Self.request(shape, resolution.modelID)
    do {
      let reply = try await session.client.invokeOnce(request, id: resolution.id)
      return .accepted(quotaTokens: reply.usage.map { Int($0.quotaTokens(burndown: resolution.outputBurndown ?? 1)) })
    } catch {
      return Self.outcome(error)
    }
  }

  /// A body of the model's family where that is known, else Converse's. Four bytes of a word that is a token to most models.
  static func request(_ shape: ProbeShape, _ model: ModelID?) -> ModelRequest {
    let prompt = String(repeating: "word", count: max(1, shape.inputTokens))
    return model.flatMap { ModelRequest(prompt: prompt, invoking: $0, maxTokens: shape.maxTokens) }
      ?? ModelRequest(prompt: prompt, maxTokens: shape.maxTokens)
  }

  static func outcome(_ error: any Error) -> ProbeOutcome {
    switch InvocationFailure(error) {
    case .throttled(let reason):
      switch reason {
      case .requests: return .throttled(.requests)
      case .tokens: return .throttled(.tokens)
      case .tokensPerDay: return .throttled(.tokensPerDay)
      case .unknown: return .throttled(.unknown)
      }
    case .capacity: return .capacity
    case .lost: return .lost
    case .permanent:
      guard let error = error as? AWSClientError, let service = error.service else {
        return error is CancellationError ? .lost : .invalid((error as? AWSClientError)?.message ?? "\(error)")
      }
      return service.status == 403 ? .denied(error.message) : .invalid(error.message)
    }
  }
}

/// Set once, from anywhere.
private final class StopFlag: Sendable {
  private let flag = Mutex(false)
  var isSet: Bool { flag.withLock { $0 } }
  func set() { flag.withLock { $0 = true } }
}
