extension SyncRequest {
  /// What its bundles reserve on average, in thousandths of their predicted costs by the first meter; nil if there are none. Each
  /// counts the same, since what is booked ahead is many small ones.
  var reservedPerPredicted: Int64? {
    let ratios = bundles.compactMap { bundle -> Int64? in
      guard let amount = bundle.first, amount.predicted > 0 else { return nil }
      return Int64(Double(amount.reserved) / Double(amount.predicted) * 1_000).bounded(1_000, 100_000)
    }
    return ratios.isEmpty ? nil : ratios.reduce(0, +) / Int64(ratios.count)
  }

  /// What the member owes after the first bundles are granted.
  func owed(with granted: Int) -> [FleetAmount] {
    bundles.prefix(granted).reduce(meters.map(\.owed)) { owed, bundle in zip(owed, bundle).map { $0 + $1 } }
  }
}

extension FleetStoreError {
  static let strictOnDynamoDB = FleetStoreError(
    .configuration,
    """
    A fleet on DynamoDB can't be strict, since its table keeps no window of the last minute; use Redis or Valkey, or turn strict \
    off.
    """
  )
  static let crowdedTable = FleetStoreError(
    .unavailable, "The fleet's item in DynamoDB changes faster than this member can write to it; it tries again.")
  static let lostItself = FleetStoreError(.request, "A sync was continued that had not begun; begin a new one.")
}
