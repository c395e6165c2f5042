/// Why a probe ended. The raw value appears in the report's JSON.
package enum ProbeStop: String, Sendable {
  /// The limit is known as precisely as was asked for.
  case found
  /// Steps mode: more than half of a batch was throttled.
  case throttledBatch
  /// Steps mode: all batches are done.
  case batchesDone
  /// A cap was reached, with or without a 429 before it.
  case requestsMax, tokensMax, durationMax
  /// The most trials that may be in flight ran concurrently, and none was throttled.
  case inFlightMax
  /// By reservation: the quota couldn't be filled, because answers end too soon or max_tokens isn't reserved at all.
  case notHeld
  /// By reservation: an answer was long, and long answers cost what a probe by reservation is meant to save.
  case longAnswers
  /// By reservation: the answers fit no window that can be told apart this way, or the bound of the plan was reached before.
  case unclear
  /// A quota other than the probed one throttled the trials.
  case otherQuota
  /// Every trial was throttled from the first on: the quota is 0, or other clients use all of it.
  case alwaysThrottled
  /// Tokens per day are used up, or the account has no quota at all: Bedrock says the same for both.
  case tokensPerDay
  /// Too many errors of the service in a row to measure anything.
  case onlyCapacity
  /// Trials were sent, but none got a complete answer.
  case noAnswer
  /// The service denied or rejected a trial; see ``ProbeSearch/serviceMessage``.
  case denied, invalid
  /// Stopped from outside.
  case interrupted

  /// Whether the probe failed: there was nothing to measure.
  package var isFailure: Bool {
    switch self {
    case .alwaysThrottled, .tokensPerDay, .onlyCapacity, .noAnswer, .denied, .invalid: true
    case .notHeld, .longAnswers, .unclear, .otherQuota: true
    case .found, .throttledBatch, .batchesDone, .requestsMax, .tokensMax, .durationMax, .inFlightMax, .interrupted: false
    }
  }

  /// Whether a cap or a person ended the search before it knew enough.
  var isEarly: Bool {
    switch self {
    case .interrupted, .requestsMax, .tokensMax, .durationMax: true
    default: false
    }
  }
}
