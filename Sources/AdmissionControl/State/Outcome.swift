/// How a request ended.
public struct Outcome: Sendable, Equatable {
  /// The limit that a server named when it throttled a request.
  public struct Throttle: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
      case requests, tokens, inputTokens, tokensPerDay, unknown
    }

    package let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Requests per minute.
    public static let requests = Throttle(.requests)
    /// Tokens per minute: of input and output together, or of either.
    public static let tokens = Throttle(.tokens)
    /// Input tokens per minute. Limits on output learn nothing from it.
    public static let inputTokens = Throttle(.inputTokens)
    /// Tokens per day. The limits per minute learn nothing from it.
    public static let tokensPerDay = Throttle(.tokensPerDay)
    /// The server named no limit; it may be any limit per minute.
    public static let unknown = Throttle(.unknown)

    /// The name in code, for logs.
    public var description: String { kind.rawValue }
  }

  /// The closed set of outcomes, over which the state machine switches.
  @usableFromInline
  package enum Kind: Sendable, Equatable {
    case completed(Amounts)
    case outputExhausted(Amounts)
    case throttled(Throttle)
    case overflowed
    case capacity
    case failed(used: Amounts)
    case cancelled
  }

  @usableFromInline
  package let kind: Kind

  @inlinable
  package init(_ kind: Kind) { self.kind = kind }

  /// The request succeeded.
  /// - Parameter final: what it cost in the end. It may exceed what was reserved.
  @inlinable
  public static func completed(_ final: Amounts) -> Outcome { Outcome(.completed(final)) }

  /// The request succeeded, but the server ended its reply because the limit of output tokens per minute was used up. That limit
  /// learns from it as others do from a throttled request.
  /// - Parameter final: what it cost in the end.
  public static func outputExhausted(_ final: Amounts) -> Outcome { Outcome(.outputExhausted(final)) }

  /// The server throttled the request for a quota, so that it cost nothing.
  public static func throttled(_ reason: Throttle) -> Outcome { Outcome(.throttled(reason)) }

  /// The server had no room for the request in these limits, and counted it elsewhere instead of throttling it. The limits learn from
  /// it as from a throttled request, but no retry follows.
  package static let overflowed = Outcome(.overflowed)

  /// The server lacked capacity, independently of any quota: HTTP 503 and similar. The tokens are given back, and the limits
  /// learn nothing.
  public static let capacity = Outcome(.capacity)

  /// The request broke off.
  /// - Parameter used: the cost until then.
  public static func failed(used: Amounts) -> Outcome { Outcome(.failed(used: used)) }

  /// The request was never sent.
  public static let cancelled = Outcome(.cancelled)
}
