/// By what the rows of the live screen are sorted.
package enum LiveOrder: String, Sendable {
  /// The fullest quota first.
  case fullest
  case name
  /// Most requests that wait first.
  case waiting
  /// Most throttled requests of the last hour first.
  case throttles
  /// Most requests that have ended first.
  case requests

  /// Whether `left` comes before `right`; of two that are alike, the name decides.
  /// - Parameter isReversed: turns everything round but what is unknown, which stays at the end.
  func isBefore(_ left: LiveGroup, _ right: LiveGroup, isReversed: Bool) -> Bool {
    if self != .name {
      switch (figure(left), figure(right)) {
      case (nil, nil): break
      case (nil, _): return false
      case (_, nil): return true
      case (let one?, let other?) where one != other: return isReversed ? one < other : one > other
      default: break
      }
      return left.name < right.name
    }
    return isReversed ? right.name < left.name : left.name < right.name
  }

  private func figure(_ group: LiveGroup) -> Double? {
    switch self {
    case .fullest: group.fullness
    case .name: nil
    case .waiting: group.waiting.map { $0 + (group.longestWait ?? 0) / 1e9 }
    case .throttles: group.throttles
    case .requests: group.requests
    }
  }
}
