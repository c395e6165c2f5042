/// Trials that were scheduled at one rate.
package struct ProbeStep: Sendable, Equatable {
  /// The raw value appears in the report's JSON.
  package enum Kind: String, Sendable, Encodable {
    /// Single trials at the start, to see whether any is answered.
    case opening = "first"
    /// As fast as sensible, with the quota full.
    case burst
    /// A little above the refill rate.
    case plateau
    /// Now and then, to see when 429s end.
    case watch
    /// Reservations that keep the quota full.
    case hold
    /// One round of concurrent trials.
    case round = "together"
    /// One batch of steps mode.
    case batch
    /// Short prompts with large max_tokens, to see how large they may be.
    case bracket
    /// A longer prompt with smaller max_tokens.
    case input
    /// A few large max_tokens in flight at once.
    case together = "at once"
    /// The deciding trials of a factor once more.
    case again
  }

  package var kind: Kind
  /// Nanoseconds of the caller's clock.
  package var startedAt: Int64
  /// The time at which the last trial was sent.
  package var endedAt: Int64
  /// The scheduled rate, in trials per minute.
  package var targetRate: Double
  package var attempted = 0
  package var succeeded = 0
  package var throttled = 0
  package var errors = 0
  /// Quota tokens kept by accepted trials.
  package var tokens: Int64 = 0
  /// The longest delay of a trial after its scheduled time, in nanoseconds.
  package var latenessMax: Int64 = 0

  /// 0 to 1; nil before any answer.
  package var throttleRate: Double? {
    let answered = succeeded + throttled + errors
    return answered > 0 ? Double(throttled) / Double(answered) : nil
  }

  mutating func sent(due: Int64, at now: Int64) {
    attempted += 1
    endedAt = now
    latenessMax = max(latenessMax, now - due)
  }

  mutating func count(_ outcome: ProbeOutcome, final: Int) {
    switch outcome {
    case .accepted:
      succeeded += 1
      tokens += Int64(final)
    case .throttled: throttled += 1
    case .capacity, .denied, .invalid, .lost: errors += 1
    }
  }
}
