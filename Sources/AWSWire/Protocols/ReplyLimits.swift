/// How long a reply that is read while it arrives may take.
package struct ReplyLimits: Sendable, Equatable {
  /// The longest wait for one thing after the request was sent: the head, an event, or the rest of a body. Bytes that complete none
  /// of them don't count.
  package var silence: Duration
  /// The time left until the last byte; nil: no deadline.
  package var timeLeft: Duration?
  /// The deadline as the caller stated it, for messages.
  package var deadline: Duration?

  package init(silence: Duration, timeLeft: Duration? = nil, deadline: Duration? = nil) {
    self.silence = silence
    self.timeLeft = timeLeft
    self.deadline = deadline
  }
}
