import Foundation
import Synchronization

/// The made-up past, computed when it is first asked for: finding the quotas of every model would slow down the start.
final class LazyHistory: Sendable {
  private let days: Int
  private let seed: UInt64
  private let end: Date
  private let models: @Sendable () -> [TrafficHistory.Model]
  private let made = Mutex<TrafficHistory?>(nil)

  /// - Parameters:
  ///   - days: 0 for no past.
  ///   - models: the models of the account; called once, at the first use.
  init(days: Int, seed: UInt64, end: Date, models: @escaping @Sendable () -> [TrafficHistory.Model]) {
    self.days = days
    self.seed = seed
    self.end = end
    self.models = models
  }

  /// nil if there is no past.
  var value: TrafficHistory? {
    guard days > 0 else { return nil }
    return made.withLock { made in
      if let made { return made }
      let history = TrafficHistory(models: models(), seed: seed, end: end, days: days)
      made = history
      return history
    }
  }
}
