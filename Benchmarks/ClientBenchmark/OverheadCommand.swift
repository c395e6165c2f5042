import ArgumentParser
import Bedquota
import BenchmarkSupport
import Foundation

/// The same call with and without our client, against a server whose quotas never bind.
///
/// The added latency is measured with both kinds running together, so that a busy moment hits both alike; processor time and throughput
/// with each kind alone, in turn.
struct OverheadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "overhead", abstract: "What our client adds to a call.")

  @Option(name: .customLong("endpoint-url")) var endpointURL: String
  @Option(help: "Rounds of each kind.") var rounds = 7
  @Option(help: "Length of a round.") var seconds = 3.0

  /// Medians of the rounds.
  struct Figures: Encodable {
    /// Calls per second, with no calls of the other kind.
    var rate: Double
    /// Microseconds of the median call, with as many calls of the other kind.
    var median: Double
  }

  struct Summary: Encodable {
    var bare: Figures
    var ours: Figures
    /// Microseconds that the median call takes longer.
    var added: Double
    /// Microseconds of processor time that a call costs more.
    var addedCPU: Double
  }

  private typealias Call = @Sendable (ModelRequest) async throws -> Void

  private struct Round {
    /// The median of each kind, in microseconds.
    var medians: [Double]
    var rate: Double
    /// Microseconds of processor time for a call.
    var cpu: Double
  }

  func run() async throws {
    let summary = try await Work.withSession(endpointURL) { [self] session in
      let client = try await QuotaAwareClient(Work.model, session: session)
      let bareCall = BareCall(session: session)
      let bare: Call = { try await bareCall.converse(Work.model, $0) }
      let ours: Call = { _ = try await client.send($0) }
      // Opens connections and loads code.
      _ = try await round([bare, ours])
      var (alone, without, mixed) = ([Round](), [Round](), [Round]())
      for _ in 0..<rounds {
        without.append(try await round([bare]))
        alone.append(try await round([ours]))
        mixed.append(try await round([bare, ours]))
      }
      return Summary(
        bare: Figures(rate: Self.median(without.map(\.rate)), median: Self.median(mixed.map { $0.medians[0] })),
        ours: Figures(rate: Self.median(alone.map(\.rate)), median: Self.median(mixed.map { $0.medians[1] })),
        added: Self.median(mixed.map { $0.medians[1] - $0.medians[0] }),
        addedCPU: Self.median(zip(alone, without).map { $0.cpu - $1.cpu }))
    }
    print(String(decoding: try JSONEncoder().encode(summary), as: UTF8.self))
  }

  /// Runs all workers for one round; each alternates between the kinds.
  private func round(_ calls: [Call]) async throws -> Round {
    let (start, processorTime) = (ContinuousClock.now, clock())
    let end = start.advanced(by: .seconds(seconds))
    let times = try await withThrowingTaskGroup(of: [[Double]].self) { group in
      for worker in 0..<Work.workers {
        group.addTask { try await Self.work(worker, calls, until: end) }
      }
      return try await group.reduce(into: calls.map { _ in [Double]() }) { all, own in
        for kind in all.indices { all[kind] += own[kind] }
      }
    }
    let used = Double(clock() - processorTime) / Double(CLOCKS_PER_SEC)
    let count = Double(times.reduce(0) { $0 + $1.count })
    return Round(
      medians: times.map(Self.median), rate: count / (start.duration(to: .now) / .seconds(1)), cpu: used / count * 1e6)
  }

  private static func work(_ worker: Int, _ calls: [Call], until end: ContinuousClock.Instant) async throws -> [[Double]] {
    // The same request each time: building it is no part of the overhead.
    let request = Work.request(worker: worker, number: 0)
    var times = calls.map { _ in [Double]() }
    var kind = worker % calls.count
    while ContinuousClock.now < end {
      let begin = ContinuousClock.now
      try await calls[kind](request)
      times[kind].append(begin.duration(to: .now) / .microseconds(1))
      kind = (kind + 1) % calls.count
    }
    return times
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? .nan : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
  }
}
