import Foundation
import Synchronization

/// Records how the requests that begin in the measured time end.
final class Course: Sendable {
  struct Summary: Encodable {
    /// Seconds from the call to the reply.
    var answered: [Double]
    /// Seconds from the call to the error.
    var failed: [Double]
    /// Seconds since the call, of those that have not ended.
    var unfinished: [Double]
    var errors: [String: Int]
    /// Processor time ÷ wall time.
    var cpu: Double
  }

  private struct State {
    var pending: [Int: Duration] = [:]
    var answered: [Double] = []
    var failed: [Double] = []
    var errors: [String: Int] = [:]
  }

  private let seconds: Duration
  private let measuredFrom: Duration
  private let start = ContinuousClock.now
  private let processorTime = clock()
  private let state = Mutex(State())

  init(seconds: Double, measuredFrom: Double) {
    self.seconds = .seconds(seconds)
    self.measuredFrom = .seconds(measuredFrom)
  }

  private var elapsed: Duration { start.duration(to: .now) }

  var goesOn: Bool {
    let now = elapsed
    return now < seconds || (now < seconds + Work.grace && state.withLock { !$0.pending.isEmpty })
  }

  /// - Parameter worker: has one request at a time.
  func begin(worker: Int) {
    let now = elapsed
    if now >= measuredFrom, now < seconds { state.withLock { $0.pending[worker] = now } }
  }

  func end(worker: Int, error: String? = nil) {
    let now = elapsed
    state.withLock { state in
      guard let begun = state.pending.removeValue(forKey: worker) else { return }
      let took = (now - begun) / .seconds(1)
      guard let error else { return state.answered.append(took) }
      state.failed.append(took)
      state.errors[error, default: 0] += 1
    }
  }

  var summary: Summary {
    let now = elapsed
    let used = Double(clock() - processorTime) / Double(CLOCKS_PER_SEC)
    return state.withLock { state in
      Summary(
        answered: state.answered, failed: state.failed, unfinished: state.pending.values.map { (now - $0) / .seconds(1) },
        errors: state.errors, cpu: used / (now / .seconds(1)))
    }
  }
}
