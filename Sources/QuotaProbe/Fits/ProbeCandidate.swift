/// One way in which the service may count, fitted to what it answered.
struct ProbeCandidate: Sendable {
  enum Name: String, Sendable, CaseIterable {
    case bucket60, bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical

    /// Whether the quota comes back without a pause, so that a burst and a rate can be told apart.
    var isBucket: Bool { self != .rolling60 && self != .fixed60 }
    /// Seconds of the rate that the bucket holds.
    var seconds: Double { self == .bucket5 ? 5 : self == .bucket2 ? 2 : 60 }
  }

  var name: Name
  /// Sustained, in amounts per second.
  var rate: Double
  /// One standard deviation of it.
  var error: Double
  /// What it comes down to and goes up to in time, where it swings.
  var range: ClosedRange<Double>?
  /// What may come at once after a rest, in amounts.
  var burst: Double?
  var logLikelihood: Double
  /// How far answers lie on the wrong side of the line, in amounts.
  var noise: Double
}
