import AWSClient
import AWSWire
import AdmissionControl
package import BedrockQuotas
import Foundation
package import QuotaProbe
import Synchronization

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
    let origin = MonotonicClock.now()
    let startedAt = Date().timeIntervalSince1970
    var search = ProbeSearch(options: options, prior: ProbePrior(resolution), at: origin)
    var latencies: [LatencyHistogram] = []
    let (events, channel) = AsyncStream.makeStream(of: Event.self)
    var arrivals = events.makeAsyncIterator()
    var sent: [Int: (step: Int, at: Int64)] = [:]
    var seconds: [(accepted: Int, throttled: Int)] = []
    // The earliest tick that is under way, and when progress was told last.
    var tickAt = Int64.max
    var toldAt = origin - 1_000_000_000
    await withTaskGroup(of: Void.self) { group in
      loop: while true {
        if stopping.isSet { search.interrupt(at: MonotonicClock.now()) }
        if MonotonicClock.now() - toldAt > 500_000_000 {
          toldAt = MonotonicClock.now()
          progress(search.progress)
        }
        switch search.next(at: MonotonicClock.now()) {
        case .finished: break loop
        case .send(let request):
          sent[request.id] = (request.step, MonotonicClock.now())
          group.addTask { [self] in channel.yield(.answer(request.id, await ask(request.shape), at: MonotonicClock.now())) }
        case .wait(let until):
          // Looked at twice a second, so that Ctrl-C doesn't have to wait for an answer.
          let next = min(until, MonotonicClock.now() + 500_000_000)
          if next < tickAt {
            tickAt = next
            group.addTask {
              try? await Task.sleep(for: .nanoseconds(max(0, next - MonotonicClock.now())))
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
              while latencies.count <= step { latencies.append(LatencyHistogram()) }
              latencies[step].record(.nanoseconds(at - since))
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
      report.latencies[step] = histogram.percentiles.map {
        .init(p50: $0.p50 / .milliseconds(1), p90: $0.p90 / .milliseconds(1), p99: $0.p99 / .milliseconds(1))
      }
    }
    return Outcome(report: report, seconds: seconds)
  }

  // MARK: - A request

  private func ask(_ shape: ProbeShape) async -> ProbeOutcome {
    let request = options.byReservation ? Self.word(shape) : Self.request(shape, resolution.modelID)
    do {
      let reply = try await session.inference.invokeOnce(request, id: resolution.id)
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

  /// Asks for one word, and would stop at the first vowel of any other; in Converse's form, which has both for every model.
  static func word(_ shape: ProbeShape) -> ModelRequest {
    ModelRequest(
      .converse,
      body: [
        "messages": [["role": "user", "content": [["text": "Answer with the one word OK."]]]],
        "inferenceConfig": ["maxTokens": .integer(shape.maxTokens), "stopSequences": ["a", "e", "i", "o"]],
      ])
  }

  static func outcome(_ error: any Error) -> ProbeOutcome {
    switch InvocationFailure(error).kind {
    case .throttled(let reason):
      switch reason.kind {
      case .requests: return .throttled(.requests)
      case .tokens: return .throttled(.tokens)
      case .tokensPerDay: return .throttled(.tokensPerDay)
      case .unknown: return .throttled(.unknown)
      }
    case .capacity: return .capacity
    case .lost: return .lost
    case .cancelled: return .lost
    case .invalid:
      guard let error = error as? AWSClientError, let service = error.service else {
        return .invalid((error as? AWSClientError)?.message ?? "\(error)")
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
