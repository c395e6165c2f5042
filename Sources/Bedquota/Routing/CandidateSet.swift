/// Some of a route's candidates, by their index.
package struct CandidateSet: OptionSet, Sendable {
  /// The most candidates of a route.
  static let countMax = 64

  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// - Parameter candidate: 0 to 63.
  package init(_ candidate: Int) { rawValue = 1 << UInt64(candidate) }

  /// The first `count` candidates, 0 to 64.
  package init(count: Int) { rawValue = count >= Self.countMax ? .max : (1 << UInt64(count)) - 1 }

  package func has(_ candidate: Int) -> Bool { rawValue & 1 << UInt64(candidate) != 0 }
  package var count: Int { rawValue.nonzeroBitCount }
  package var first: Int? { rawValue == 0 ? nil : rawValue.trailingZeroBitCount }

  /// In the order of the route, but one of them first.
  package func ordered(first favourite: Int? = nil) -> CandidateOrder { CandidateOrder(rest: self, favourite: favourite) }
}

/// Candidates in the order of their route, but one of them first.
package struct CandidateOrder: Sequence, IteratorProtocol, Sendable {
  fileprivate var rest: CandidateSet
  fileprivate var favourite: Int?

  package mutating func next() -> Int? {
    guard let next = favourite ?? rest.first else { return nil }
    favourite = nil
    rest.remove(CandidateSet(next))
    return next
  }
}
