/// Requests that were meant to leave at one rate.
package struct ProbeStep: Sendable, Equatable {
  package enum Kind: String, Sendable, Encodable {
    /// Single requests at the start, to see whether there is any answer.
    case first
    /// As fast as sensible, after a rest.
    case burst
    /// A little above what comes back.
    case plateau
    /// Now and then, to see when refusals end.
    case watch
    /// Reservations, as many as the quota holds.
    case hold
    /// So many at once, to see how many run together.
    case together
    /// One batch of steps mode.
    case batch
  }

  package var kind: Kind
  /// Nanoseconds of the caller's clock; of the last request, until the next step begins.
  package var startedAt: Int64
  package var endedAt: Int64
  /// Requests per minute that were meant.
  package var targetRate: Double
  package var attempted = 0
  package var succeeded = 0
  package var throttled = 0
  package var errors = 0
  /// Quota tokens of what was taken.
  package var tokens: Int64 = 0
  /// The latest that a request left after its time, in nanoseconds.
  package var latenessMax: Int64 = 0

  /// 0 to 1; nil before any answer.
  package var throttleRate: Double? {
    let answered = succeeded + throttled + errors
    return answered > 0 ? Double(throttled) / Double(answered) : nil
  }
}
