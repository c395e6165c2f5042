/// Why a probe ended.
package enum ProbeStop: Sendable, Equatable {
  /// The limit is known as precisely as was asked for.
  case found
  /// Steps mode: more than half of a batch was throttled.
  case throttledBatch
  /// Steps mode: all batches are done.
  case batchesDone
  /// A cap was reached, with or without a throttle before it.
  case requestsMax, tokensMax, durationMax
  /// As many as are ever sent at once ran together, and none was throttled.
  case inFlightMax
  /// By reservation: the quota could not be held, because answers are over too soon, or max_tokens isn't reserved at all.
  case notHeld
  /// By reservation: an answer was long, and long answers cost what this way is meant to save.
  case longAnswers
  /// By reservation: the answers fit no window that can be told apart this way.
  case unclear
  /// Another quota than the one looked for throttled the requests.
  case otherQuota
  /// Every request was throttled from the first on: a quota of 0, or others leave nothing.
  case alwaysThrottled
  /// Tokens per day are used up, or the account has no quota at all: Bedrock says the same for both.
  case tokensPerDay
  /// So many errors of the service in a row that nothing can be measured.
  case onlyCapacity
  /// Requests were sent, and no whole answer came to any.
  case noAnswer
  case denied(String)
  case invalid(String)
  /// Stopped from outside.
  case interrupted

  /// As the JSON has it.
  package var code: String {
    switch self {
    case .found: "found"
    case .throttledBatch: "throttledBatch"
    case .batchesDone: "batchesDone"
    case .requestsMax: "requestsMax"
    case .tokensMax: "tokensMax"
    case .durationMax: "durationMax"
    case .inFlightMax: "inFlightMax"
    case .notHeld: "notHeld"
    case .longAnswers: "longAnswers"
    case .unclear: "unclear"
    case .otherQuota: "otherQuota"
    case .alwaysThrottled: "alwaysThrottled"
    case .tokensPerDay: "tokensPerDay"
    case .onlyCapacity: "onlyCapacity"
    case .noAnswer: "noAnswer"
    case .denied: "denied"
    case .invalid: "invalid"
    case .interrupted: "interrupted"
    }
  }

  /// Whether the command should say that it failed: there was nothing to measure.
  package var isFailure: Bool {
    switch self {
    case .alwaysThrottled, .tokensPerDay, .onlyCapacity, .noAnswer, .denied, .invalid: true
    case .notHeld, .longAnswers, .unclear, .otherQuota: true
    default: false
    }
  }
}
