import Bedquota
import Synchronization

/// How long the requests of a client took, and how many it gave up.
final class DemoTimes: Sendable {
  struct Summary: Sendable {
    var answered: Int
    var gaveUp: Int
    /// Seconds, of answered requests; nil if there is none.
    var median: Double?
    var p99: Double?
  }

  private let state = Mutex((seconds: [Double](), gaveUp: 0))

  func answered(seconds: Double) { state.withLock { $0.seconds.append(seconds) } }
  func gaveUp() { state.withLock { $0.gaveUp += 1 } }

  var summary: Summary {
    let (seconds, gaveUp) = state.withLock { $0 }
    let percentile = SamplePercentiles(seconds)
    return Summary(answered: seconds.count, gaveUp: gaveUp, median: percentile(0.5), p99: percentile(0.99))
  }
}
