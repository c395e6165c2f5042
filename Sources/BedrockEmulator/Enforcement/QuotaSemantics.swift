import Foundation

/// How a quota per minute is enforced over time: the parameters of ``QuotaWindow``.
///
/// AWS doesn't publish Bedrock's method. Published test runs fit ``bucket60`` best; the others are common in similar services.
/// A client can be tested against all of them.
package struct QuotaSemantics: Sendable, Equatable {
  package enum Window: Sendable, Equatable {
    /// A token bucket whose size is this many seconds of the rate. It is full at the start and refilled continuously.
    case bucket(seconds: Int64)
    /// The sum over the last period. A settlement changes the amount of its debit.
    case rolling
    /// The sum over the clock minute. A settlement counts only during the minute of its debit.
    case fixed
  }

  package var name: String
  package var window: Window
  /// Admits while the level is above zero, and debits the final cost at the end.
  package var isLate = false
  /// The amplitude of a sine in the rate, as a share of the quota; its period is ``driftPeriod``.
  package var drift = 0.0
  /// The number of independent, equal parts of the quota. Each request is assigned to one at random.
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
  /// The semantics of quotas per day, whatever semantics quotas per minute have.
  static let day = QuotaSemantics(name: "day", window: .bucket(seconds: 86_400))

  package static let all = [bucket60, bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical]

  /// The semantics of this name; nil if there are none.
  package init?(name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// Nanoseconds of refill at the constant rate that equal the refill up to an instant; without drift, the instant itself.
  ///
  /// It is the integral of 1 + drift·sin(2πt/600 s), so the refill of an interval doesn't depend on its subdivision.
  func effectiveTime(_ instant: Int64) -> Int64 {
    guard drift != 0 else { return instant }
    let omega = 2 * Double.pi / Self.driftPeriod
    return instant + Int64((drift / omega * (1 - cos(omega * Double(instant)))).rounded())
  }
}
