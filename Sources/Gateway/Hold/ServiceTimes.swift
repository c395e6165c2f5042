import Histogram
import Synchronization

/// How long a model takes for its replies, from the replies of the last minutes. It is safe to use from any number of tasks.
package final class ServiceTimes: Sendable {
  /// Quantiles of the time from the grant on.
  package struct Figures: Sendable, Equatable {
    /// To the end of a whole reply.
    package var whole50 = Duration.seconds(5)
    package var whole95 = Duration.seconds(15)
    /// To the first byte of a stream.
    package var firstByte50 = Duration.seconds(1)
    package var firstByte95 = Duration.seconds(3)

    /// What holds until there are replies: a reply of some hundred tokens.
    package init() {}
  }

  private struct State: Sendable {
    var whole = RecentTimes()
    var firstByte = RecentTimes()
    var figures = Figures()
  }

  private let state = Mutex(State())

  package init() {}

  package var figures: Figures { state.withLock { $0.figures } }

  /// A whole reply has arrived.
  package func record(whole time: Duration) {
    state.withLock { state in
      guard state.whole.record(time) else { return }
      state.figures.whole50 = state.whole.quantile(50, atLeast: Figures().whole50)
      state.figures.whole95 = state.whole.quantile(95, atLeast: Figures().whole95)
    }
  }

  /// The first byte of a stream has arrived.
  package func record(firstByte time: Duration) {
    state.withLock { state in
      guard state.firstByte.record(time) else { return }
      state.figures.firstByte50 = state.firstByte.quantile(50, atLeast: Figures().firstByte50)
      state.figures.firstByte95 = state.firstByte.quantile(95, atLeast: Figures().firstByte95)
    }
  }
}

/// The last times of one kind: those of the last 1,000 to 2,000 replies.
private struct RecentTimes: Sendable {
  /// Times that a histogram takes before the next begins.
  private static let countMax: UInt64 = 1_000
  /// Fewer times than this say little about the slowest twentieth; the start values then count as well.
  private static let countMin: UInt64 = 20
  /// Figures are computed anew after so many times, once there are enough.
  private static let interval: UInt64 = 16
  private static let longest: UInt64 = 3_600_000

  /// Milliseconds to two digits. They are made with the first time, because a gateway has many pools that are never used.
  private var last: Histogram<UInt32>?
  private var current: Histogram<UInt32>?

  /// - Returns: whether the figures are to be computed anew.
  mutating func record(_ time: Duration) -> Bool {
    if current?.totalCount ?? Self.countMax >= Self.countMax {
      last = current
      current = Histogram(highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .two)
    }
    current?.record(UInt64(min(max(time / .milliseconds(1), 1), Double(Self.longest))))
    let count = current?.totalCount ?? 0
    return count < Self.countMin || count.isMultiple(of: Self.interval)
  }

  /// - Parameter start: the least value while there are few times.
  func quantile(_ percentile: Double, atLeast start: Duration) -> Duration {
    var value = 0.0
    var count: UInt64 = 0
    // The mean of the two, by their counts, is near enough and costs no third histogram.
    for histogram in [last, current] {
      guard let histogram, histogram.totalCount > 0 else { continue }
      value += Double(histogram.valueAtPercentile(percentile)) * Double(histogram.totalCount)
      count += histogram.totalCount
    }
    guard count > 0 else { return start }
    let time = Duration.milliseconds(Int64(value / Double(count)))
    return count < Self.countMin ? max(start, time) : time
  }
}
