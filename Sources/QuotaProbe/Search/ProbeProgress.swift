package import BedrockQuotas

/// Where a probe stands, for one line on a terminal.
package struct ProbeProgress: Sendable, Equatable {
  package var step: ProbeStep.Kind?
  /// Trials per minute that are meant to be sent now.
  package var targetRate: Double
  package var sent: Int
  package var inFlight: Int
  /// Of the present step, 0 to 1; nil before any answer.
  package var throttleRate: Double?
  /// Quota tokens used so far.
  package var tokens: Int64
  /// What is known of the sustained rate by now, per minute.
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
