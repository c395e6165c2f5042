/// One model of the service's window, fitted to its answers.
struct Candidate: Sendable {
  /// The raw value is the name of the emulator's semantics and appears in the report's JSON.
  enum Name: String, Sendable, CaseIterable {
    case bucket60, bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical

    /// Whether the quota is refilled continuously, so that a burst and a rate can be told apart.
    var isBucket: Bool { self != .rolling60 && self != .fixed60 }
    /// Seconds of the rate that the bucket holds.
    var seconds: Double { self == .bucket5 ? 5 : self == .bucket2 ? 2 : 60 }
  }

  var name: Name
  /// Sustained, in amounts per second.
  var rate: Double
  /// The rate's standard error.
  var error: Double
  /// The lowest and the highest rate; nil if the rate doesn't swing.
  var range: ClosedRange<Double>?
  /// The burst that is accepted after a rest, in amounts; nil if the window is no bucket.
  var burst: Double?
  var logLikelihood: Double
  /// How far answers lie on the wrong side of the line, in amounts.
  var noise: Double
}
