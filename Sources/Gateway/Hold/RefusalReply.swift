package import AWSServer
package import AdmissionControl
package import Bedquota
import BedrockQuotas

/// How a client is told that its request is not sent.
package struct RefusalReply: Sendable, Equatable {
  /// In the spelling of AWS; ``AWSFault`` has that of the other APIs too.
  package var fault: AWSFault
  /// Milliseconds until the request may be sent again, for `x-amz-retry-after`; nil if it must not be.
  package var retryAfterMilliseconds: Int64?
  /// Whether the client is told not to send it again; otherwise it does as it does with AWS.
  package var isFinal = false

  /// What the client waits for, and how long it would.
  package struct Wait: Sendable {
    package var patience: ClientPatience
    /// How long the request was allowed to wait.
    package var hold: Duration

    package init(_ patience: ClientPatience, hold: Duration) {
      self.patience = patience
      self.hold = hold
    }
  }

  /// A request that the queue of a model refused.
  /// - Parameters:
  ///   - api: decides which errors the client knows.
  ///   - reserved: what the request would have reserved.
  ///   - resolution: names the quotas.
  ///   - limits: the limits as they are now.
  ///   - dice: 0 to 1. It spreads the retries, so that clients that are refused together don't come back together.
  package init(
    _ refusal: Refusal, of api: ModelRequest.API, _ wait: Wait, reserved: Amounts, resolution: Resolution?,
    limits: [Snapshot.MeterState], dice: Double
  ) {
    switch refusal.code {
    case .invalidCost, .neverFits:
      // Bedrock's own word for it would be a 429, which SDKs repeat without end.
      fault = AWSFault(code: Self.exceeded(api), message: refusal.message, status: 400)
      isFinal = true
    case .draining:
      fault = AWSFault(
        code: "ServiceUnavailableException", message: "The gateway is being shut down; send the request again.", status: 503)
      retryAfterMilliseconds = 1_000
    case .queueFull where !refusal.isForTenant:
      fault = AWSFault(code: "ServiceUnavailableException", message: refusal.message, status: 503)
      retryAfterMilliseconds = Self.pause(.seconds(5), wait.patience, dice)
    default:
      let facts = Self.facts(refusal, reserved, resolution, limits)
      fault = AWSFault(code: "ThrottlingException", message: Self.message(refusal, wait, facts), status: 429)
      // A client that comes back when its turn is as near as its patience is long finds its turn.
      let pause = refusal.eta.map { $0 - wait.hold } ?? .seconds(2)
      retryAfterMilliseconds = Self.pause(pause, wait.patience, dice)
    }
    fault.retryAfter = retryAfterMilliseconds.map { Int(($0 + 999) / 1_000) }
  }

  /// A body for which there is no memory.
  package init(_ refusal: HeldBytes.Refusal, _ patience: ClientPatience, dice: Double) {
    fault =
      refusal.isFull
      ? AWSFault(code: "ServiceUnavailableException", message: refusal.message, status: 503)
      : AWSFault(code: "ThrottlingException", message: refusal.message, status: 429)
    let pause = Self.pause(.seconds(5), patience, dice)
    retryAfterMilliseconds = pause
    fault.retryAfter = Int((pause + 999) / 1_000)
  }

  /// The headers beside those of the fault: names and values.
  package var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let retryAfterMilliseconds { headers.append(("x-amz-retry-after", "\(retryAfterMilliseconds)")) }
    if isFinal { headers.append(ShouldRetry.never) }
    return headers
  }

  /// InvokeModel alone has an error for a quota that no waiting helps.
  private static func exceeded(_ api: ModelRequest.API) -> String {
    api == .invokeModel ? "ServiceQuotaExceededException" : "ValidationException"
  }

  /// A pause, at least 1 s and at most what the client obeys, and up to a quarter longer by chance.
  private static func pause(_ pause: Duration, _ patience: ClientPatience, _ dice: Double) -> Int64 {
    let seconds = max(pause / .seconds(1), 1) * (1 + 0.25 * min(max(dice, 0), 1))
    return Int64(min(seconds, Double(patience.retryAfterMax)) * 1_000)
  }

  /// `The request needs 12,000 of L-… (tokens per minute), which is 10,000`; nil if the limit that decided isn't known.
  private static func facts(
    _ refusal: Refusal, _ reserved: Amounts, _ resolution: Resolution?, _ limits: [Snapshot.MeterState]
  ) -> String? {
    guard let measure = refusal.measure, let limit = limits.first(where: { $0.measure == measure })?.limit else { return nil }
    let needed = NumberText.whole(Double(reserved.of(measure)))
    let quota = resolution?.quota(measure.quotaMeasure)?.codeAndMeasure ?? "the limit on \(measure.name)"
    return "The request needs \(needed) of \(quota), which is \(NumberText.whole(Double(limit)))"
  }

  private static func message(_ refusal: Refusal, _ wait: Wait, _ facts: String?) -> String {
    let hold = seconds(wait.hold)
    let begin = facts.map { "\($0); its" } ?? "Its"
    switch refusal.code {
    case .deadline, .waitTooLong:
      let turn = refusal.eta.map { "turn would come in \(seconds($0)) s, later than" } ?? "turn would come later than"
      return "\(begin) \(turn) the \(hold) s that this client's request may wait."
    case .expired: return "\(begin) turn did not come within the \(hold) s that this client's request may wait."
    default: return refusal.message
    }
  }

  /// Whole seconds from 10 on, tenths below.
  private static func seconds(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    return seconds >= 10 ? NumberText.whole(seconds) : NumberText.significant((seconds * 10).rounded() / 10)
  }
}
