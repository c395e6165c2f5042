/// The part of a request that one of several queues is expected to serve, in whole 1,024ths, so that sums are exact.
package struct QueueShare: Sendable, Equatable {
  private static let unitsOfWhole: Int64 = 1_024

  private let narrowUnits: UInt16

  /// The request waits in this queue alone.
  package static let whole = QueueShare(1)

  /// - Parameter share: 0 to 1; the nearest share above 0 is taken.
  package init(_ share: Double) {
    let units = share.isFinite ? (share * Double(Self.unitsOfWhole)).rounded() : Double(Self.unitsOfWhole)
    narrowUnits = UInt16(min(max(units, 1), Double(Self.unitsOfWhole)))
  }

  var units: Int64 { Int64(narrowUnits) }

  func of(_ amounts: Amounts) -> Amounts {
    func part(_ tokens: Int64) -> Int64 { tokens &* units / Self.unitsOfWhole }
    return Amounts(
      tokens: part(amounts.tokens), inputTokens: part(amounts.inputTokens), outputTokens: part(amounts.outputTokens))
  }

  /// Whole requests, rounded up.
  static func requests(_ units: Int64) -> Int64 { (units + unitsOfWhole - 1) / unitsOfWhole }
}
