/// Why the limiter turned a request away before it was sent.
public struct Refusal: Error, Sendable, Equatable {
  /// The kind of refusal. More may be added.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    fileprivate enum Value: String {
      case invalidCost, neverFits, deadline, expired, queueFull, waitTooLong, retryBudget, draining
    }

    fileprivate let value: Value

    fileprivate init(_ value: Value) { self.value = value }

    /// An amount of the request is negative or above ``Amounts/tokensMax``.
    public static let invalidCost = Code(.invalidCost)
    /// The request needs more than a limit can ever hold. If a limit is 0, this is so for every request.
    public static let neverFits = Code(.neverFits)
    /// The request's turn would come after its deadline.
    public static let deadline = Code(.deadline)
    /// The deadline passed while the request waited.
    public static let expired = Code(.expired)
    /// ``LimiterConfiguration/waitersMax`` requests wait already, or the tenant's part of them.
    public static let queueFull = Code(.queueFull)
    /// The request would wait longer than ``LimiterConfiguration/queueWaitMax``.
    public static let waitTooLong = Code(.waitTooLong)
    /// The retry budget is used up.
    public static let retryBudget = Code(.retryBudget)
    /// The limiter is being shut down.
    public static let draining = Code(.draining)

    /// The name in code, for logs and labels of metrics.
    public var description: String { value.rawValue }
  }

  private enum Reason: Sendable, Equatable {
    case invalidCost
    case neverFits(Measure, needed: Int64, limit: Int64)
    case deadline(eta: Int64)
    case expired
    case queueFull(waiters: Int, isOwn: Bool)
    case waitTooLong(eta: Int64)
    case retryBudget
    case draining
  }

  private let reason: Reason
  /// The words of a caller that knows more about the limit; nil: our own.
  private var explanation: String?
  /// The limit with the longest wait, for ``Code/deadline``, ``Code/waitTooLong`` and ``Code/expired``; nil if it isn't known.
  package private(set) var measure: Measure?

  private init(_ reason: Reason) { self.reason = reason }

  /// The same refusal with another ``message``.
  package func saying(_ message: String) -> Refusal {
    var copy = self
    copy.explanation = message
    return copy
  }

  /// The same refusal, because of a limit.
  func decided(by measure: Measure?) -> Refusal {
    var copy = self
    copy.measure = measure
    return copy
  }

  /// Two refusals are equal if they have the same reason and words. The limit that decided is a detail of the reason.
  public static func == (a: Refusal, b: Refusal) -> Bool { a.reason == b.reason && a.explanation == b.explanation }

  package static let invalidCost = Refusal(.invalidCost)
  package static func neverFits(_ measure: Measure, needed: Int64, limit: Int64) -> Refusal {
    Refusal(.neverFits(measure, needed: needed, limit: limit))
  }
  /// - Parameter eta: nanoseconds.
  package static func deadline(eta: Int64) -> Refusal { Refusal(.deadline(eta: eta)) }
  package static let expired = Refusal(.expired)
  /// - Parameters:
  ///   - waiters: how many wait.
  ///   - isOwn: whether those are the tenant's own, which leave it no part of the queue.
  package static func queueFull(waiters: Int, isOwn: Bool = false) -> Refusal {
    Refusal(.queueFull(waiters: waiters, isOwn: isOwn))
  }
  /// - Parameter eta: nanoseconds.
  package static func waitTooLong(eta: Int64) -> Refusal { Refusal(.waitTooLong(eta: eta)) }
  package static let retryBudget = Refusal(.retryBudget)
  package static let draining = Refusal(.draining)
}

extension Refusal {
  /// What kind of refusal it is.
  public var code: Code {
    switch reason {
    case .invalidCost: .invalidCost
    case .neverFits: .neverFits
    case .deadline: .deadline
    case .expired: .expired
    case .queueFull: .queueFull
    case .waitTooLong: .waitTooLong
    case .retryBudget: .retryBudget
    case .draining: .draining
    }
  }

  /// The limit that the request exceeds, for ``Code/neverFits``.
  public var limit: Limit? {
    if case .neverFits(let measure, _, let limit) = reason { Limit(measure, limit) } else { nil }
  }

  /// What the request needs of ``limit``, in its unit, for ``Code/neverFits``.
  public var needed: Int64? { if case .neverFits(_, let needed, _) = reason { needed } else { nil } }

  /// How long the request would have had to wait, for ``Code/deadline`` and ``Code/waitTooLong``.
  public var eta: Duration? {
    switch reason {
    case .deadline(let eta), .waitTooLong(let eta): .nanoseconds(eta)
    default: nil
    }
  }

  /// How many requests wait, for ``Code/queueFull``.
  public var waiting: Int? { if case .queueFull(let waiters, _) = reason { waiters } else { nil } }

  /// Whether the queue has no room for this tenant alone.
  package var isForTenant: Bool { if case .queueFull(_, let isOwn) = reason { isOwn } else { false } }

  /// The parameters that the user should change, `deadline` or `maxTokens`, for callers that print ``message`` and know how users
  /// set them.
  public var parameters: [String] {
    switch reason {
    case .deadline, .expired: ["deadline"]
    case .neverFits(_, _, let limit) where limit != 0: ["maxTokens"]
    default: []
    }
  }

  /// Why the request was refused and what to do about it, in words for people.
  public var message: String { explanation ?? ownMessage }

  private var ownMessage: String {
    switch reason {
    case .invalidCost: "The cost of a request must be 0 to \(Amounts.tokensMax) tokens; correct the estimate."
    case .neverFits(let measure, let needed, let limit):
      limit == 0
        ? "The limit of \(measure.name) is 0, so that no request is admitted; raise the limit."
        : "The request needs \(needed) of \(limit) \(measure.name), more than a full quota holds; lower max_tokens or shorten the input."
    case .deadline(let eta):
      "Its turn would come in \(Self.seconds(eta)) s, after its deadline; send it later or extend the deadline."
    case .expired: "Its deadline passed while it waited; send it later or extend the deadline."
    case .queueFull(let waiters, isOwn: true):
      "\(waiters) requests of this caller wait, as many as the queue still has room for; send it later."
    case .queueFull(let waiters, isOwn: false): "The queue is full: \(waiters) requests wait; send it later."
    case .waitTooLong(let eta): "Its turn would come in \(Self.seconds(eta)) s, longer than a request may wait; send it later."
    case .retryBudget: "The retry budget is used up: too many of the last requests were retries; send it later."
    case .draining: "The limiter is being shut down and admits no new requests."
    }
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let tenths = nanoseconds / 100_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension Refusal: CustomStringConvertible {
  /// The ``message``.
  public var description: String { message }
}
