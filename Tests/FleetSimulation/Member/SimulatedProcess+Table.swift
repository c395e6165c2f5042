import FleetStore

/// A process whose fleet has a table.
extension SimulatedProcess {
  mutating func begin(_ request: SyncRequest, at milliseconds: Int64) throws(FleetStoreError) -> DynamoLedger.Step {
    try ledger.begin(request, at: milliseconds + clockOffset, using: &dice)
  }

  /// - Returns: nil if nobody waits for the reply any more.
  mutating func replied(
    _ outcome: DynamoOutcome, isRead: Bool, to sequence: Int64, at milliseconds: Int64
  ) throws(FleetStoreError) -> DynamoLedger.Step? {
    guard ledger.busyWith == sequence else { return nil }
    guard isRead, case .refused(let item) = outcome else {
      return try ledger.wrote(outcome, at: milliseconds + clockOffset, using: &dice)
    }
    return try ledger.read(item, at: milliseconds + clockOffset, using: &dice)
  }

  mutating func lost(_ sequence: Int64) { if ledger.busyWith == sequence { ledger.lost() } }
}
