package import BedrockQuotas

/// What a probe looks for, and how much it may use up for that.
package struct ProbeOptions: Sendable {
  package enum Mode: String, Sendable, CaseIterable {
    /// Batches of rising size, until more than half of one is throttled.
    case steps
    /// Burst, then a plateau a little above the limit, until the sustained rate is known.
    case search
  }

  package var mode = Mode.search
  /// The quota to probe, `rpm`, `tpm` or `concurrent`, which decides what is sent. nil: whichever of the quotas per minute binds
  /// trials of ``tokensPerRequest``.
  package var measure: QuotaMeasure?
  /// Tokens per minute are held with max_tokens and short answers, not used up with input: a fraction of the price.
  package var byReservation = false
  /// The largest max_tokens that the model takes.
  package var replyTokensMax = 4_096
  /// Quota tokens of a typical request, at which the binding quota is looked for.
  package var tokensPerRequest = 500
  /// Quota tokens of the smallest sensible request: a short prompt and one token of answer.
  package var tokensPerRequestMin = 16
  /// Quota tokens of the largest request: no more than the model's context takes, and larger bodies take too long to send.
  /// Tokens bind only requests larger than tokens per minute ÷ requests per minute.
  package var tokensPerRequestMax = 20_000
  /// Half the width of the confidence interval at which the sustained rate is known well enough, as a share of it.
  package var precision = 0.022

  /// The most trials.
  package var requestsMax = 200_000
  /// The most quota tokens, those that are reserved included; by reservation, those that are kept.
  package var tokensMax: Int64 = 50_000_000
  /// Nanoseconds after the start from which on nothing is sent.
  package var durationMax: Int64 = 900_000_000_000
  /// The most trials in flight.
  package var inFlightMax = 1_000

  /// Steps mode: trials of the first batch; the n-th has n times as many.
  package var requestsPerBatch = 10
  /// Steps mode: the most batches.
  package var batchesMax = 5
  /// Steps mode: nanoseconds from the last answer of a batch to the next batch.
  package var delay: Int64 = 1_000_000_000

  package init(measure: QuotaMeasure? = nil) { self.measure = measure }
}
