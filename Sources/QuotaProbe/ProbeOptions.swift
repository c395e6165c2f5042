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
  /// The quota looked for, `rpm`, `tpm` or `concurrent`: decides what is sent. nil: whichever per minute binds requests of
  /// ``tokensPerRequest``.
  package var measure: QuotaMeasure?
  /// Tokens per minute are held with max_tokens and short answers, not used up with input: a fraction of the price.
  package var byReservation = false
  /// What max_tokens may be at most, for the model.
  package var replyTokensMax = 4_096
  /// Quota tokens of a typical request: at this size it is told which quota binds.
  package var tokensPerRequest = 500
  /// The smallest request that makes sense, in quota tokens: a short prompt and one token of answer.
  package var tokensPerRequestMin = 16
  /// The largest, in quota tokens: no more than the model's context takes, and bodies beyond this take longer to send than they
  /// are worth. Tokens bind only requests larger than tokens per minute ÷ requests per minute.
  package var tokensPerRequestMax = 20_000
  /// Half the width of the confidence interval at which the sustained rate is known well enough, as a share of it.
  package var precision = 0.022

  /// Never sent more requests than this.
  package var requestsMax = 200_000
  /// Never more quota tokens than this, those that are reserved included; where they are only held, those that are kept.
  package var tokensMax: Int64 = 50_000_000
  /// Nothing is sent later than this many nanoseconds after the start.
  package var durationMax: Int64 = 900_000_000_000
  package var inFlightMax = 1_000

  /// Steps mode: the first batch; the n-th has n times as many.
  package var requestsPerBatch = 10
  package var batchesMax = 5
  /// Steps mode: nanoseconds between the last answer of a batch and the next batch.
  package var delay: Int64 = 1_000_000_000

  package init(measure: QuotaMeasure? = nil) { self.measure = measure }
}
