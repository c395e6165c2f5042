/// How a request ended.
public enum Outcome: Sendable, Equatable {
  /// With what it cost in the end.
  case completed(Amounts)
  /// The server refused it for a quota.
  case throttled(Throttle)
  /// The server had no room, whatever the quota: 503 and its like. It teaches nothing about limits.
  case capacity
  /// It broke off after so much.
  case failed(used: Amounts)
  /// It was never sent.
  case cancelled

  /// What the server said it refused for.
  public enum Throttle: Sendable, Equatable {
    case requests, tokens, tokensPerDay, unknown
  }
}
