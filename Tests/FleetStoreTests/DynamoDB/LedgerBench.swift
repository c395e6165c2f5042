import FleetStore
import Testing

/// A member's ledger, a table in memory, and the time.
struct LedgerBench {
  var ledgers: [String: DynamoLedger] = [:]
  var item: DynamoAttributes?
  var now: Int64 = 1_800_000_000_000
  var dice = LoadedDice(side: 0.5)
  /// What a write does: the table's part, and whether the reply arrives.
  enum Fate { case done, doneWithoutReply, lost }
  var writes = 0

  var levels: [Int64] { item.flatMap { try? DynamoItem($0) }?.levels(at: now) ?? [] }

  /// - Returns: nil if the operation was lost.
  mutating func sync(_ request: SyncRequest, _ fate: Fate = .done) throws -> SyncReply? {
    var ledger = ledgers[request.member] ?? DynamoLedger()
    defer { ledgers[request.member] = ledger }
    var step = try ledger.begin(request, at: now, using: &dice)
    while true {
      switch step {
      case .answer(let reply): return reply
      case .read: step = try ledger.read(item, at: now, using: &dice)
      case .write(let update):
        writes += 1
        guard fate != .lost else {
          ledger.lost()
          return nil
        }
        let outcome = try update.apply(to: item)
        if case .written(let new) = outcome { item = new }
        guard fate == .done else {
          ledger.lost()
          return nil
        }
        step = try ledger.wrote(outcome, at: now, using: &dice)
      }
    }
  }

  mutating func answer(_ request: SyncRequest) throws -> SyncReply.Answer {
    try #require(try sync(request)?.answer)
  }
}
