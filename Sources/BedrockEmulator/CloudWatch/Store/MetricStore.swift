import Foundation
import Synchronization

/// The metrics of one Region: live ones of its models, their made-up past, and those that clients publish.
///
/// Live data are kept by model and minute for 15 days; see ``LiveModel`` for the contents of a minute.
package final class MetricStore: Sendable {
  struct State {
    var indices: [String: Int] = [:]
    var modelIDs: [String] = []
    var models: [LiveModel] = []
    /// Models beyond ``modelsMax``, which count only across all models.
    var others = LiveModel()
    var custom = CustomMetrics()
    /// Those of bedrock-mantle and of guardrails, apart from the ones that clients publish, so that neither takes the other's
    /// room.
    var services = CustomMetrics()
    /// Breakdowns of the models by service tier.
    var tiers: [TierSeries: LiveModel] = [:]
  }

  /// The limit of models that are recorded separately; Bedrock has fewer.
  static let modelsMax = 1_000

  private let source: @Sendable () -> TrafficHistory?
  let state = Mutex(State())
  /// The last minute of each metric of each model in the history, computed at the first use.
  let historyLastMinutes = Mutex<[[BedrockMetric: Int]]?>(nil)

  /// - Parameter history: returns the made-up past, the same each time; nil if there is none.
  package init(history: @escaping @Sendable () -> TrafficHistory?) { source = history }

  package convenience init(history: TrafficHistory?) { self.init(history: { history }) }

  var history: TrafficHistory? { source() }

  /// Records an invocation when it ends, in constant time.
  func record(_ invocation: InvocationRecord, at date: Date) {
    let minute = UnixTime.minute(date)
    state.withLock { state in
      state.recordTier(invocation, minute: minute)
      if let index = state.indices[invocation.modelID] {
        state.models[index].record(invocation, minute: minute)
      } else if state.models.count < Self.modelsMax {
        state.indices[invocation.modelID] = state.models.count
        state.modelIDs.append(invocation.modelID)
        state.models.append(LiveModel())
        state.models[state.models.count - 1].record(invocation, minute: minute)
      } else {
        state.others.record(invocation, minute: minute)
      }
    }
  }

  /// Removes live and published metrics; the history stays.
  package func reset() { state.withLock { $0 = State() } }

  /// Adds samples, up to the first for which there is no room.
  func publish(_ samples: [CustomMetrics.Sample], now: Int) throws(CustomMetrics.Refusal) {
    var refusal: CustomMetrics.Refusal?
    state.withLock { state in
      for sample in samples {
        do throws(CustomMetrics.Refusal) { try state.custom.add(sample, now: now) } catch {
          refusal = error
          return
        }
      }
    }
    if let refusal { throw refusal }
  }

  /// Records samples of bedrock-mantle or of guardrails; those for which there is no room are missing.
  func record(_ samples: [CustomMetrics.Sample], now: Int) {
    state.withLock { state in
      for sample in samples { try? state.services.add(sample, now: now) }
    }
  }

  /// The time of the oldest metrics, in seconds since 1970.
  func earliest(now: Int) -> Int { min(history.map { $0.minutes.lowerBound * 60 } ?? .max, now - LiveModel.minutesMax * 60) }
}
