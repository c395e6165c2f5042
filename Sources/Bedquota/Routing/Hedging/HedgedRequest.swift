import Synchronization

/// A request that may be sent twice: who of the two has its reply, and since when the first waits for one.
final class HedgedRequest: Sendable {
  enum Event: Sendable {
    /// The first attempt was sent to a candidate.
    case sent(candidate: Int)
    /// It has failed, and another one follows.
    case waiting
    /// It has waited for long enough.
    case late(candidate: Int)
    /// Its reply has begun, or it has ended.
    case over
  }

  private let winner = Mutex<Bool?>(nil)
  /// What happens to the first attempt.
  let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation

  init() { (events, continuation) = AsyncStream.makeStream(of: Event.self) }

  func happened(_ event: Event) {
    continuation.yield(event)
    if case .over = event { continuation.finish() }
  }

  /// One of the two has a reply.
  /// - Returns: false if the other one was faster.
  func claim(isSecond: Bool) -> Bool {
    winner.withLock { winner in
      if winner == nil { winner = isSecond }
      return winner == isSecond
    }
  }

  /// Whether this one decides what becomes of the request: the first does until the second has a reply.
  func decides(isSecond: Bool) -> Bool { winner.withLock { $0 ?? false } == isSecond }
}

/// One of the two attempts of a request.
final class HedgeRole: Sendable {
  /// What makes a second attempt: the candidate that is late, to which it doesn't go, and the tokens that it may reserve.
  struct Second: Sendable {
    var late: Int
    var tokens: Int64
  }

  let request: HedgedRequest
  /// nil: it is the first.
  let second: Second?
  private let sentAt = Mutex<Duration?>(nil)

  init(_ request: HedgedRequest, second: Second? = nil) { (self.request, self.second) = (request, second) }

  var isSecond: Bool { second != nil }
  /// Whether what becomes of it becomes of the request.
  func decides(after action: RequestCourse.Action) -> Bool {
    switch action {
    // The first ends the request, unless the second has a reply.
    case .settle where !isSecond, .giveUp where !isSecond: request.claim(isSecond: false)
    default: request.decides(isSecond: isSecond)
    }
  }

  /// It has a reply, which counts unless the other one was faster.
  func replied() { _ = request.claim(isSecond: isSecond) }

  /// - Returns: how long it has waited, if it ends without a reply: without these times, late would be ever earlier.
  func follow(_ action: RequestCourse.Action, at candidate: Int, now: Duration) -> Duration? {
    switch action {
    case .send:
      sentAt.withLock { $0 = now }
      if !isSecond { request.happened(.sent(candidate: candidate)) }
    case .retry, .resend, .pause:
      sentAt.withLock { $0 = nil }
      if !isSecond { request.happened(.waiting) }
    case .settle, .giveUp: if !isSecond { return takeTime(at: now) }
    case .none, .countTokens, .reserve, .update: break
    }
    return nil
  }

  private func takeTime(at now: Duration) -> Duration? {
    sentAt.withLock { sentAt in
      defer { sentAt = nil }
      return sentAt.map { now - $0 }
    }
  }

  /// Its reply has begun.
  /// - Returns: how long after it was sent.
  func began(at now: Duration) -> Duration? {
    if !isSecond { request.happened(.over) }
    return takeTime(at: now)
  }
}

/// Why a second attempt ends: it is made once, where there is room at once, within its share.
struct HedgeEnded: Error {}
