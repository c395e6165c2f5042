package import AdmissionControl

/// A request's number for the time that it lives.
package typealias CallID = Int

/// How a client decides when to send. One for each process; it sees its own clock and its own answers, and nothing else.
package protocol Policy {
  mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict
  /// An attempt has ended.
  mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel
  /// The caller of a request that waits has gone.
  mutating func giveUp(_ id: CallID, at now: Int64)
  /// Call until nil after every event.
  mutating func next(at now: Int64) -> Step?
  /// When to call `next` though nothing else happens.
  var wakeAt: Int64? { get }

  /// How far a reply has come.
  mutating func progress(_ id: CallID, used: Amounts, at now: Int64)
  /// A quota has changed, and everybody is told: this client's part of it.
  mutating func told(_ limit: Limit, at now: Int64)
  /// What only those see who can look into the server.
  mutating func serverSettled(_ id: CallID, final: Amounts, at time: Int64)
  mutating func serverRefused(_ id: CallID, at time: Int64)
  /// Nothing more arrives.
  mutating func close(at now: Int64)
  /// Everything is over.
  mutating func rest(at now: Int64)

  /// The first rule that was broken.
  var violation: String? { get }
  var gauge: PolicyGauge { get }
}

/// What becomes of a request that has come to its policy.
package enum Verdict: Sendable {
  case send, wait
  case drop(Refusal?)
}

/// What to do with one that waits.
package enum Step: Sendable {
  case send(CallID)
  case drop(CallID)
}

/// What a client learns of an attempt.
package enum Reply: Sendable {
  case completed(Amounts)
  case throttled(Outcome.Throttle)
  case capacity
  /// It broke off, or the caller hung up, after so much.
  case broken(used: Amounts)
  /// No answer in time, or none that says what it cost: the most that it can have been.
  case unknown(atMost: Amounts)
  /// Its caller went before it was sent.
  case unsent
}

/// What a policy makes of a reply.
package enum Sequel: Sendable {
  case over
  /// Comes again after so many nanoseconds.
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
