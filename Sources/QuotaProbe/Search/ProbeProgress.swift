package import BedrockQuotas

/// The progress of a probe, for one line on a terminal.
package struct ProbeProgress: Sendable, Equatable {
  package var step: ProbeStep.Kind?
  /// Trials per minute that are meant to be sent now.
  package var targetRate: Double
  package var sent: Int
  package var inFlight: Int
  /// The share of the present step that was throttled, 0 to 1; nil before any answer.
  package var throttleRate: Double?
  /// Quota tokens used so far.
  package var tokens: Int64
  /// The quota that binds, and the present bounds of the sustained rate per minute; nil if unknown.
  package var measure: QuotaMeasure?
  package var low: Double?
  package var high: Double?
}

extension ProbeSearch {
  package var progress: ProbeProgress {
    let finding = finding
    return ProbeProgress(
      step: steps.last?.kind, targetRate: steps.last?.targetRate ?? 0, sent: log.entries.count, inFlight: log.inFlight,
      throttleRate: steps.last?.throttleRate, tokens: log.tokens, measure: finding?.measure, low: finding?.ratePerMinute.low,
      high: finding?.ratePerMinute.high)
  }
}
