/// Who goes first. Each priority has a share of the quota as long as somebody in it waits, so none starves.
package enum CallerPriority: String, Sendable, Comparable, CaseIterable {
  case high, normal, low

  /// The place in `LimiterConfiguration.tierWeights`, whose weights are 70, 25 and 5.
  package var tier: Int {
    switch self {
    case .high: 0
    case .normal: 1
    case .low: 2
    }
  }

  package static func < (a: Self, b: Self) -> Bool { a.tier > b.tier }

  /// The header with which a caller lowers the priority of a request.
  static let header = "x-bedquota-priority"

  /// The priority of one request. A header may lower it and never raise it, so that nobody gains by asking.
  /// - Parameters:
  ///   - header: the value of `x-bedquota-priority`; one that is no priority counts as none.
  ///   - tier: the service tier that the request names. Whoever asks for `flex` has time.
  package func lowered(by header: String?, tier: String? = nil) -> Self {
    if tier == "flex" { return .low }
    return header.flatMap(Self.init(rawValue:)).map { min(self, $0) } ?? self
  }
}
