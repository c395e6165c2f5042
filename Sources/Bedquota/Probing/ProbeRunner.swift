import AWSClient
import AWSWire
import AdmissionControl
package import BedrockQuotas
import Foundation
package import QuotaProbe
import Synchronization

/// Carries out a probe: sends each trial of ``ProbeSearch`` once, at its time, and tells the search how the trial ended.
package struct ProbeRunner: Sendable {
  /// Trials sent within one second.
  package struct Second: Sendable {
    package var accepted = 0
    package var throttled = 0
  }

  /// The result of a probe.
  package struct Outcome: Sendable {
    package var report: ProbeReport
    /// For each second since the start.
    package var seconds: [Second]
  }

  private enum Event: Sendable {
    case answer(Int, ProbeOutcome, at: Int64)
    /// The clock has reached this time, in nanoseconds.
    case tick(Int64)
  }

  /// The interval at which ``stop()`` is checked and progress is reported, in nanoseconds.
  private static let tickMax: Int64 = 500_000_000

  private let session: BedquotaSession
  private let resolution: Resolution
  private let options: ProbeOptions
  private let spelling: ParameterSpelling
  private let stopping = StopFlag()

  /// - Parameter spelling: how the report's advice names parameters.
  package init(
    _ resolution: Resolution, session: BedquotaSession, options: ProbeOptions, spelling: ParameterSpelling = .swift
  ) {
    self.resolution = resolution
    self.session = session
    self.options = options
    self.spelling = spelling
  }

  /// Stops sending; ``run(progress:)`` returns what was measured so far.
  package func stop() { stopping.set() }

  /// Runs the probe to its end, or until ``stop()`` or cancellation.
  /// - Parameter progress: called with the state of the probe, at most twice a second.
  package func run(progress: @Sendable (ProbeProgress) -> Void) async -> Outcome {
    let startedAt = Date()
    var record = ProbeRecord(at: MonotonicClock.now())
    var search = ProbeSearch(options: options, prior: ProbePrior(resolution), at: record.origin)
    await send(&search, &record, progress: progress)
    var report = ProbeReport(
      search, resolution: resolution, startedAt: startedAt, origin: record.origin, spelling: spelling)
    record.addLatencies(to: &report)
    return Outcome(report: report, seconds: record.seconds)
  }

  private func send(
    _ search: inout ProbeSearch, _ record: inout ProbeRecord, progress: @Sendable (ProbeProgress) -> Void
  ) async {
    var toldAt = record.origin - 2 * Self.tickMax
    // The times of the pending ticks, the earliest last.
    var ticks: [Int64] = []
    // The group's tasks are the trials in flight, whose number the search bounds, and the ticks.
    await withTaskGroup(of: Event.self) { group in
      while true {
        let now = MonotonicClock.now()
        if stopping.isSet || Task.isCancelled { search.interrupt(at: now) }
        if now - toldAt > Self.tickMax {
          toldAt = now
          progress(search.progress)
        }
        switch search.next(at: now) {
        case .finished: return group.cancelAll()
        case .send(let trial):
          record.sent(trial, at: MonotonicClock.now())
          group.addTask { .answer(trial.id, await ask(trial.size), at: MonotonicClock.now()) }
        case .wait(let until):
          let next = min(until, now + Self.tickMax)
          // A cancelled task can't sleep, so it waits only for its trials.
          if next < ticks.last ?? .max, !Task.isCancelled {
            ticks.append(next)
            group.addTask { await Self.tick(at: next) }
          }
          switch await group.next() {
          case .tick(let instant): ticks.removeAll { $0 == instant }
          case .answer(let id, let outcome, let instant):
            search.answered(id, outcome, at: instant)
            record.answered(id, outcome, at: instant)
          case nil: return
          }
        }
      }
    }
  }

  private static func tick(at instant: Int64) async -> Event {
    // Cancellation ends the sleep early, which is no error here.
    try? await Task.sleep(for: .nanoseconds(max(0, instant - MonotonicClock.now())))
    return .tick(instant)
  }

  private func ask(_ size: TrialSize) async -> ProbeOutcome {
    let request =
      options.asksForAWord ? ModelRequest.word(size, resolution.modelID) : ModelRequest.filling(size, resolution.modelID)
    do {
      let reply = try await session.inference.invokeOnce(request, id: resolution.id)
      return .accepted(quotaTokens: quotaTokens(reply.usage, of: request))
    } catch {
      return ProbeOutcome(error)
    }
  }
}

extension ProbeRunner {
  /// What a trial used; nil if its reply doesn't tell, or reports more than the trial can use.
  private func quotaTokens(_ usage: TokenUsage?, of request: ModelRequest) -> Int? {
    let size = InputSize(request.body, Facts.builtIn.mediaCost(of: resolution.modelID))
    guard let counted = usage.map(UsageBound(size, of: request, resolution).bounded), !counted.isExcess else { return nil }
    return Int(counted.usage.quotaTokens(burndown: resolution.outputBurndown ?? 1))
  }
}

/// Set once, from anywhere.
private final class StopFlag: Sendable {
  private let flag = Mutex(false)
  var isSet: Bool { flag.withLock { $0 } }
  func set() { flag.withLock { $0 = true } }
}
