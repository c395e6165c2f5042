/// Some tiers of a queue, by number; 0 is the most urgent.
package struct TierSet: Sendable, Equatable {
  /// A bit for each tier. A queue has at most 64.
  private var bits: UInt64 = 0

  package init() {}

  /// - Parameter tier: 0 to 63.
  package init(_ tier: Int) { insert(tier) }

  package var isEmpty: Bool { bits == 0 }
  /// The most urgent one.
  package var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

  package func contains(_ tier: Int) -> Bool { bits & (UInt64(1) << UInt64(tier)) != 0 }

  /// - Parameter tier: 0 to 63.
  package mutating func insert(_ tier: Int) { bits |= UInt64(1) << UInt64(tier) }
}
