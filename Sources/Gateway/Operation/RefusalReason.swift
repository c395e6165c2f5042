/// Why the gateway turned a request away before it was sent.
package enum RefusalReason: String, Sendable, CaseIterable {
  /// There will be no room before the client stops waiting.
  case deadline
  /// The request alone exceeds the limit, so that it can never go.
  case tooLarge = "too-large"
  /// The queue holds as many requests as it may.
  case queueFull = "queue-full"
  /// The bodies of the requests that wait, of all callers or of this one, hold as many bytes as they may.
  case heldBytes = "held-bytes"
  /// The caller's budget is used up.
  case budget
  /// The key doesn't permit the model.
  case model
  /// AWS throttled the request, and the budget of retries is used up.
  case retries
  /// The gateway is ending.
  case draining
}
