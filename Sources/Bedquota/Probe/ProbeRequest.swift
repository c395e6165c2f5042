/// How large a probing request is: what a body for any model family can be made of.
///
/// The tokens that a request costs for good are its input, so a large input with a one-token answer uses a quota up, and a
/// large max_tokens with a one-token answer only holds it while the request runs.
package struct ProbeShape: Sendable, Equatable {
  /// Tokens of the prompt.
  package var inputTokens: Int
  /// The most that the reply may be.
  package var maxTokens: Int
  /// What the reply is wanted to be, for a prompt that asks for so much.
  package var outputTokens: Int

  package init(inputTokens: Int, maxTokens: Int = 1, outputTokens: Int = 1) {
    self.inputTokens = inputTokens
    self.maxTokens = maxTokens
    self.outputTokens = outputTokens
  }

  /// Quota tokens that are taken when it starts.
  package var reservation: Int { inputTokens + maxTokens }
}

/// One request of a probe, to be sent now and never again.
package struct ProbeRequest: Sendable, Equatable {
  /// From 0, in the order of sending.
  package var id: Int
  package var shape: ProbeShape
  /// When it should have been sent, in nanoseconds: what `now` is more than this is lateness.
  package var scheduledAt: Int64
  /// Which of ``ProbeReport/steps`` it belongs to.
  package var step: Int
}

/// How a probing request ended.
package enum ProbeOutcome: Sendable, Equatable {
  /// The words of a 429.
  package enum Refusal: String, Sendable {
    /// "Too many requests"
    case requests
    /// "Too many tokens"
    case tokens
    /// "Too many tokens per day"
    case tokensPerDay
    /// Neither of them.
    case unknown
  }

  /// Answered; with what it counts against tokens per minute, input + cache write + burndown × output, where the reply says.
  case accepted(quotaTokens: Int?)
  /// A 429 of a quota.
  case throttled(Refusal)
  /// A 503, a 500 or a model that is not ready: the service had no room, and no quota has to do with it.
  case capacity
  /// No access to the model, or no right to invoke it: the same for every further request.
  case denied(String)
  /// The service doesn't take such a request: the same for every further one.
  case invalid(String)
  /// Sent, and no whole answer came: it may have counted.
  case lost
}

/// What the runner of a probe does next.
package enum ProbeAction: Sendable, Equatable {
  /// Send it now.
  case send(ProbeRequest)
  /// Ask again at this instant, or as soon as an answer has been told.
  case wait(until: Int64)
  /// Nothing more will be sent.
  case finished
}
