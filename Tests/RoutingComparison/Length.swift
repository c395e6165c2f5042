/// How much is played of each case.
struct Length: Sendable {
  /// Virtual minutes before the measured ones.
  static let warmUp = 10.0

  var seeds: [UInt64]
  /// Virtual minutes that are measured.
  var minutes: Double

  /// The sum of both.
  var end: Double { Self.warmUp + minutes }
}
