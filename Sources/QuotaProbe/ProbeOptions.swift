package import BedrockQuotas

/// What a probe looks for, and how much it may send.
package struct ProbeOptions: Sendable {
  package enum Mode: String, Sendable, CaseIterable {
    /// Sends batches of rising size until more than half of one is throttled.
    case steps
    /// Sends a burst, then a plateau a little above the limit until the sustained rate is known.
    case search
  }

  package var mode = Mode.search
  /// The quota to probe, `rpm`, `tpm` or `concurrent`, which decides what is sent; nil: the quota per minute that binds trials of
  /// ``tokensPerRequest``.
  package var measure: QuotaMeasure?
  /// Whether to fill tokens per minute with reservations (a large max_tokens and short answers) instead of input, which costs a
  /// fraction.
  package var byReservation = false
  /// If set, the probe finds whether max_tokens count once or this often in a reservation, and ``measure`` has no effect; 2 to
  /// 1,000.
  package var burndown: Int?
  /// The largest max_tokens that the model accepts.
  package var replyTokensMax = 4_096
  /// Quota tokens of a typical request. The probe looks for the quota that binds requests of this size.
  package var tokensPerRequest = 500
  /// Quota tokens of the smallest sensible request: a short prompt and one token of answer.
  package var tokensPerRequestMin = 16
  /// Quota tokens of the largest request. It must fit the model's context, and larger bodies take too long to send.
  /// Tokens bind only requests larger than tokens per minute ÷ requests per minute.
  package var tokensPerRequestMax = 20_000
  /// The sustained rate is known well enough if half the width of its confidence interval is at most this share of it.
  package var precision = 0.022

  /// The most trials.
  package var requestsMax = 200_000
  /// The most quota tokens, including reserved ones; by reservation, only those that requests keep.
  package var tokensMax: Int64 = 50_000_000
  /// Whether ``requestsMax`` and ``tokensMax`` are the bound of a plan, not the caller's choice; see ``bounded(_:requests:tokens:)``.
  package internal(set) var requestsAreBounded = false
  package internal(set) var tokensAreBounded = false
  /// Nanoseconds after the start at which the probe stops sending.
  package var durationMax: Int64 = 900_000_000_000
  /// The most trials in flight.
  package var inFlightMax = 1_000

  /// Steps mode: the number of trials in the first batch; the n-th batch has n times as many.
  package var requestsPerBatch = 10
  /// Steps mode: the most batches.
  package var batchesMax = 5
  /// Steps mode: nanoseconds from the last answer of a batch to the next batch.
  package var delay: Int64 = 1_000_000_000

  /// Whether trials have a large max_tokens and ask for an answer of one word.
  package var asksForAWord: Bool { byReservation || burndown != nil }

  package init(measure: QuotaMeasure? = nil) { self.measure = measure }
}
