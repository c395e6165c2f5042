import Foundation

/// What a router knows of a candidate when it decides whether a session should move there.
package struct ScopeLoad: Sendable, Equatable {
  /// Tokens per second that its limit refills; 0 if unknown.
  package var tokensPerSecond: Double
  /// Requests that wait for it.
  package var waiting: Int
  /// The part of its limit that replies of the last minute used, 0 or more.
  package var used: Double
  /// The time until the request's turn, if its prompt is not cached there; nil: it would be refused.
  package var eta: Duration?

  package init(tokensPerSecond: Double, waiting: Int, used: Double, eta: Duration?) {
    (self.tokensPerSecond, self.waiting, self.used, self.eta) = (tokensPerSecond, waiting, used, eta)
  }

  /// So that a full scope has a price.
  private static let usedMax = 0.98

  /// How long a request waits for its favourite rather than lose what is cached there: C ÷ q × (n + 1 ÷ (1 − u)).
  ///
  /// The scope needs the time C ÷ q to refill a lost cache of C tokens. Each of the n requests that wait there is later by that time, and
  /// so are those that come before its queue is empty again: 1 ÷ (1 − u), where the part u of its limit is used. Whoever looks at its
  /// own wait alone makes the others wait, so that they move too. Measured in docs/routing.md.
  /// - Returns: seconds; 0 if the limit isn't known.
  func worth(ofCached tokens: Int) -> Double {
    guard tokensPerSecond > 0 else { return 0 }
    return Double(tokens) / tokensPerSecond * (Double(waiting) + 1 / (1 - min(max(used, 0), Self.usedMax)))
  }
}

/// Tokens that replies of a candidate cost, of which recent ones count most.
struct RecentTokens: Sendable {
  /// Seconds in which what was used counts for less by a factor of e.
  private static let memory = 60.0
  private var tokens = 0.0
  private var at = Duration.zero

  mutating func add(_ more: Int64, at now: Duration) { (tokens, at) = (left(at: now) + Double(more), max(at, now)) }

  /// Tokens per second.
  func rate(at now: Duration) -> Double { left(at: now) / Self.memory }

  private func left(at now: Duration) -> Double { tokens * exp(-max((now - at) / .seconds(1), 0) / Self.memory) }
}
