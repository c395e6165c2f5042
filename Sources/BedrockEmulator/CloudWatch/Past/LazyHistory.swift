import Foundation
import Synchronization

/// The made-up past, worked out when somebody first asks for it: finding every model's quotas takes longer than a start should.
final class LazyHistory: Sendable {
  /// Set once, right after what it needs has been made.
  final class Slot: Sendable {
    // Weak, for the directory leads back here by way of the enforcer and the metrics.
    private struct Held {
      weak var directory: InvocationDirectory?
    }
    private let held = Mutex(Held())
    func set(_ directory: InvocationDirectory) { held.withLock { $0.directory = directory } }
    var value: InvocationDirectory? { held.withLock { $0.directory } }
  }

  let directory = Slot()
  private let days: Int
  private let seed: UInt64
  private let end: Date
  private let made = Mutex<TrafficHistory?>(nil)

  init(days: Int, seed: UInt64, end: Date) {
    self.days = days
    self.seed = seed
    self.end = end
  }

  /// nil: no past was asked for.
  var value: TrafficHistory? {
    guard days > 0, let directory = directory.value else { return nil }
    return made.withLock { made in
      if let made { return made }
      let models = directory.invocable().map {
        TrafficHistory.Model(
          modelID: $0.modelID, requestsPerMinute: $0.requestsPerMinute, tokensPerMinute: $0.tokensPerMinute,
          outputBurndown: $0.outputBurndown)
      }
      let history = TrafficHistory(models: models, seed: seed, end: end, days: days)
      made = history
      return history
    }
  }
}
