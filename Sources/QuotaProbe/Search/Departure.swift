import BedrockQuotas

/// The trial that a phase sends when one is due, and the schedule after it.
struct Departure {
  var size: TrialSize
  /// The kind of step that the trial belongs to.
  var kind: ProbeStep.Kind
  /// Whether a new step begins with the trial; nil: only if the rate has changed.
  var startsStep: Bool?
  /// Nanoseconds between two trials, which gives the step its rate.
  var spacing: Int64
  /// When the next trial is due; nil: not before an answer.
  var nextDue: Int64?

  /// The nanoseconds between two trials at `rate` trials per second, which is kept between 0.001 and a million.
  static func spacing(_ rate: Double) -> Int64 { Int64(saturating: 1e9 / min(max(rate, 1e-3), 1e6)) }

  /// The next due time of a steady schedule. A late trial doesn't move the schedule, but after a longer pause it moves forward.
  static func nextDue(after due: Int64, pause: Int64, at now: Int64) -> Int64 {
    max(due + pause, now - Tuning.latenessMax)
  }
}
