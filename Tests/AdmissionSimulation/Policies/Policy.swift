package import AdmissionControl

/// A request's number, unique while the request lives.
package typealias CallID = Int

/// How a client decides when to send. One for each process; it sees only its own clock and its own replies.
package protocol Policy {
  mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict
  /// An attempt has ended.
  mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel
  /// The caller of a waiter gives up.
  mutating func giveUp(_ id: CallID, at now: Int64)
  /// To be called after every event until it returns nil.
  mutating func next(at now: Int64) -> Step?
  /// When to call `next` if no event comes before.
  var wakeAt: Int64? { get }

  /// A streaming reply has cost this much so far.
  mutating func progress(_ id: CallID, used: Amounts, at now: Int64)
  /// A quota has changed and clients are told: this client's part of it.
  mutating func told(_ limit: Limit, at now: Int64)
  /// For policies that can see the server's state.
  mutating func serverSettled(_ id: CallID, final: Amounts, at time: Int64)
  mutating func serverRefused(_ id: CallID, at time: Int64)
  /// Nothing more arrives.
  mutating func close(at now: Int64)
  /// Everything is over.
  mutating func rest(at now: Int64)

  /// The first rule that the policy broke.
  var violation: String? { get }
  var gauge: PolicyGauge { get }
}

/// A policy's decision about a new request.
package enum Verdict: Sendable {
  case send, wait
  case drop(Refusal?)
}

/// A policy's decision about a waiter.
package enum Step: Sendable {
  case send(CallID)
  case drop(CallID)
}

/// What a client learns of an attempt.
package enum Reply: Sendable {
  case completed(Amounts)
  case throttled(Outcome.Throttle)
  case capacity
  /// It broke off, or the caller gave up, at this cost.
  case broken(used: Amounts)
  /// No answer in time, or one without its cost: the most that it can have cost.
  case unknown(atMost: Amounts)
  /// Its caller gave up before it was sent.
  case unsent
}

/// A policy's decision after a reply.
package enum Sequel: Sendable {
  case over
  /// Tries again after this many nanoseconds.
  case again(after: Int64)
}

/// Figures of a policy for a trace.
package struct PolicyGauge: Sendable {
  package var scale = 1.0
  package var available: Int64 = 0
  package var waiting = 0
  package var isStrict = false
}

extension Policy {
  package mutating func giveUp(_ id: CallID, at now: Int64) {}
  package mutating func next(at now: Int64) -> Step? { nil }
  package var wakeAt: Int64? { nil }
  package mutating func progress(_ id: CallID, used: Amounts, at now: Int64) {}
  package mutating func told(_ limit: Limit, at now: Int64) {}
  package mutating func serverSettled(_ id: CallID, final: Amounts, at time: Int64) {}
  package mutating func serverRefused(_ id: CallID, at time: Int64) {}
  package mutating func close(at now: Int64) {}
  package mutating func rest(at now: Int64) {}
  package var violation: String? { nil }
  package var gauge: PolicyGauge { PolicyGauge() }
}
