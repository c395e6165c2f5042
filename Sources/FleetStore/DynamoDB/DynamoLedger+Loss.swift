/// What the item holds for one member, as far as its process knows.
struct DynamoRecord: Sendable, Equatable {
  /// The item that this was told to.
  var epoch: Int64
  var owed: [FleetAmount]
  /// What the member used without the store, in units of the first meter.
  var fallback: Int64
}

/// Syncs that came to nothing.
extension DynamoLedger {
  /// The write may have been done or not, so the safe one of the two is assumed: the table is never taken to hold more for the
  /// member than it does. What was taken for nothing, or given back for nothing, is forfeited.
  package mutating func lost() {
    defer { attempt = nil }
    if let attempt { sequence = attempt.request.sequence }
    // The item is read anew, since nobody knows what it is.
    lookedAt = nil
    guard let attempt, let plan = attempt.plan else { return }
    let after = attempt.request.owed(with: plan.granted)
    guard let record, record.epoch == plan.item.epoch else { return self.record = record(of: attempt.request, plan.item) }
    self.record?.owed = zip(record.owed, after).map { before, after in
      FleetAmount(
        reserved: min(before.reserved, after.reserved), predicted: min(before.predicted, after.predicted))
    }
    self.record?.fallback = min(record.fallback, attempt.request.fallback)
  }

  /// The write was certainly not done, or the sync came to nothing otherwise.
  package mutating func failed() { attempt = nil }

  func record(of request: SyncRequest, _ item: DynamoItem) -> DynamoRecord {
    DynamoRecord(epoch: item.epoch, owed: request.meters.map(\.owed), fallback: request.fallback)
  }

  /// What the item holds for the member; nil if it doesn't know it.
  var known: DynamoRecord? { record.flatMap { $0.epoch == item?.epoch && $0.owed.count == item?.limits.count ? $0 : nil } }
}
