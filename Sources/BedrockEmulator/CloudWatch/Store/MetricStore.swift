import Foundation
import Synchronization

/// The metrics of one Region: what its models do now, what they are said to have done before, and what clients publish.
///
/// Live data are kept by model and minute for 15 days; see ``LiveModel`` for what a minute holds.
package final class MetricStore: Sendable {
  struct State {
    var indices: [String: Int] = [:]
    var modelIDs: [String] = []
    var models: [LiveModel] = []
    /// Models beyond ``modelsMax``: they count across all models only.
    var others = LiveModel()
    var custom = CustomMetrics()
  }

  /// More than Bedrock has.
  static let modelsMax = 1_000

  private let source: @Sendable () -> TrafficHistory?
  let state = Mutex(State())
  /// The last minute of each metric of each model of the history; computed when first asked for.
  let historyLastMinutes = Mutex<[[BedrockMetric: Int]]?>(nil)

  /// - Parameter history: what happened before, the same whenever it is asked for; nil: nothing did.
  package init(history: @escaping @Sendable () -> TrafficHistory?) { source = history }

  package convenience init(history: TrafficHistory?) { self.init(history: { history }) }

  var history: TrafficHistory? { source() }

  /// Counts one invocation, when it ends. Takes the same time whatever was recorded before.
  func record(_ invocation: InvocationRecord, at date: Date) {
    let minute = UnixTime.minute(date)
    state.withLock { state in
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

  /// Forgets what was recorded and published; the history stays.
  package func reset() { state.withLock { $0 = State() } }

  /// Stops at the first sample that there is no room for.
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

  /// Before this there is nothing: seconds since 1970.
  func earliest(now: Int) -> Int { min(history.map { $0.minutes.lowerBound * 60 } ?? .max, now - LiveModel.minutesMax * 60) }
}
