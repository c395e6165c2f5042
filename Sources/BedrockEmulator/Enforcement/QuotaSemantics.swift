import Foundation

/// How a quota per minute becomes a window in time: one engine with parameters.
///
/// AWS says nowhere which one Bedrock uses. Its published test runs fit ``bucket60`` best; the others are what services of
/// this kind do elsewhere, so that a client can be tested against all of them.
package struct QuotaSemantics: Sendable, Equatable {
  package enum Window: Sendable, Equatable {
    /// A token bucket that holds so many seconds of the rate: full at the start, refilled without a pause, credits up to its brim.
    case bucket(seconds: Int64)
    /// The sum over the last period; what is settled counts from then on with its settled amount.
    case rolling
    /// The sum over the minute of the clock; what is settled counts only while the minute of its debit lasts.
    case fixed
  }

  package var name: String
  package var window: Window
  /// Admits while anything is left, and debits what a request really cost when it ends.
  package var isLate = false
  /// How far the rate swings about the quota, as a share of it, in a sine of ``driftPeriod``.
  package var drift = 0.0
  /// So many equal parts of the quota, each on its own; a request is sent to one of them by lot.
  package var shards = 1

  /// The period of the drift in nanoseconds: 600 s.
  static let driftPeriod = 600e9

  package init(name: String, window: Window, isLate: Bool = false, drift: Double = 0, shards: Int = 1) {
    self.name = name
    self.window = window
    self.isLate = isLate
    self.drift = drift
    self.shards = shards
  }

  package static let bucket60 = QuotaSemantics(name: "bucket60", window: .bucket(seconds: 60))
  package static let bucket5 = QuotaSemantics(name: "bucket5", window: .bucket(seconds: 5))
  package static let bucket2 = QuotaSemantics(name: "bucket2", window: .bucket(seconds: 2))
  package static let rolling60 = QuotaSemantics(name: "rolling60", window: .rolling)
  package static let fixed60 = QuotaSemantics(name: "fixed60", window: .fixed)
  package static let laggy = QuotaSemantics(name: "laggy", window: .bucket(seconds: 60), isLate: true)
  package static let soft = QuotaSemantics(name: "soft", window: .bucket(seconds: 60), drift: 0.2)
  package static let hierarchical = QuotaSemantics(name: "hierarchical", window: .bucket(seconds: 60), shards: 4)
  /// A day's quota, whatever the semantics of the minute.
  static let day = QuotaSemantics(name: "day", window: .bucket(seconds: 86_400))

  package static let all = [bucket60, bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical]

  /// One of the eight by name; nil for any other.
  package init?(name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Nanoseconds of refill at the plain rate that have come by an instant: the instant itself where nothing drifts.
  ///
  /// The integral of 1 + drift·sin(2πt/600 s), so that the refill of an interval never depends on how it is cut up.
  func effectiveTime(_ instant: Int64) -> Int64 {
    guard drift != 0 else { return instant }
    let omega = 2 * Double.pi / Self.driftPeriod
    return instant + Int64((drift / omega * (1 - cos(omega * Double(instant)))).rounded())
  }
}
