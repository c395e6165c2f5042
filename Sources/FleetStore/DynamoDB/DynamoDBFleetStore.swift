import Synchronization

/// A store in a table of DynamoDB, without a server of one's own: docs/design/fleet.md, "DynamoDB".
///
/// The table computes nothing. Each member's process computes, and writes the result on condition that it is right: one write
/// books, settles and counts. It differs from a server with a script:
/// - Members are served in the order in which their writes come, and share evenly by taking turns. Weights don't count.
/// - A sync that comes before its time is answered without the table.
/// - What is booked or given back in a write whose outcome is unknown, is forfeited.
/// - Strict fleets are refused.
/// - Requests in flight of a member that died come back when somebody forgets it, not by themselves. If it is alive, they come back twice.
package final class DynamoDBFleetStore: FleetStore {
  /// A member in a scope.
  struct Key: Sendable, Hashable {
    var scope: FleetScope
    /// Encoded.
    var member: String
  }

  /// A member's side of a scope.
  private enum Side: Sendable {
    case idle(DynamoLedger)
    /// A sync of the member is under way.
    case busy
  }

  package let ordersByWeight = false
  /// A lost write may have taken a place that nobody knows of. Tokens come back with time, and a place never does.
  package let sharesConcurrency = false

  let table: any DynamoTable
  let prefix: String
  /// Gets the partition key of an item that was made anew.
  private let onNewItem: @Sendable (String) -> Void
  private let sides = Mutex<[Key: Side]>([:])
  /// How long the last sync took that needed the table.
  private let lastDuration = Mutex(Duration.zero)
  /// When each member's row was written last, in ms since 1970.
  let rows = Mutex<[Key: Int64]>([:])

  /// - Parameters:
  ///   - prefix: the beginning of the keys.
  ///   - onNewItem: gets the partition key of an item that was made anew since the last sync of the same member.
  package init(_ table: any DynamoTable, prefix: String = "", onNewItem: @escaping @Sendable (String) -> Void = { _ in }) {
    self.table = table
    self.prefix = prefix
    self.onNewItem = onNewItem
  }

  func key(_ scope: FleetScope) -> DynamoKey { DynamoKey(scope, prefix: prefix) }

  package func sync(
    _ request: SyncRequest, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> SyncReply {
    let end = ContinuousClock.now + timeout
    let key = Key(scope: scope, member: FleetName.encode(request.member))
    var ledger = try take(key)
    // A member that has left never comes back, even if its last sync is lost.
    defer { giveBack(key, ledger, hasLeft: request.isLeaving) }
    let reply = try await run(request, &ledger, self.key(scope), until: end)
    await writeRow(request, key, reply, ledger, until: end)
    return reply
  }

  private func run(
    _ request: SyncRequest, _ ledger: inout DynamoLedger, _ key: DynamoKey, until end: ContinuousClock.Instant
  ) async throws(FleetStoreError) -> SyncReply {
    var dice = SystemRandomNumberGenerator()
    let epoch = ledger.item?.epoch
    let start = ContinuousClock.now
    var step = try ledger.begin(request, at: table.now, using: &dice)
    if case .answer = step {
      // Members measure how long answers take, and wait no longer than some times that. So none may be faster than the table.
      try? await Task.sleep(for: min(lastDuration.withLock { $0 }, (end - start) / 2))
    }
    var usesTable = false
    while true {
      do throws(DynamoFailure) {
        if case .answer(let reply) = step {
          if usesTable { lastDuration.withLock { $0 = ContinuousClock.now - start } }
          if let epoch, let new = ledger.item?.epoch, new != epoch { onNewItem(key.partition) }
          return reply
        }
        usesTable = true
        let left = end - ContinuousClock.now
        // A write that begins too late may be done and not be answered.
        guard left > .zero else { throw DynamoFailure(.noAnswer, isCertain: true) }
        if case .write(let update) = step {
          let outcome = try await table.update(key, update, timeout: left)
          step = try ledger.certain { ledger throws(FleetStoreError) in try ledger.wrote(outcome, at: table.now, using: &dice) }
        } else {
          let item = try await table.read(key, timeout: left)
          step = try ledger.certain { ledger throws(FleetStoreError) in try ledger.read(item, at: table.now, using: &dice) }
        }
      } catch {
        if error.isCertain { ledger.failed() } else { ledger.lost() }
        throw error.error
      }
    }
  }

  private func take(_ key: Key) throws(FleetStoreError) -> DynamoLedger {
    try sides.withLock { sides throws(FleetStoreError) in
      switch sides[key] {
      case .busy: throw .twoSyncs
      case .idle(let ledger):
        sides[key] = .busy
        return ledger
      case nil:
        sides[key] = .busy
        return DynamoLedger()
      }
    }
  }

  private func giveBack(_ key: Key, _ ledger: DynamoLedger, hasLeft: Bool) {
    sides.withLock { $0[key] = hasLeft ? nil : .idle(ledger) }
  }
}

extension DynamoLedger {
  /// Runs what the table has no part in, so that its failures leave nothing in doubt.
  fileprivate mutating func certain(
    _ body: (inout DynamoLedger) throws(FleetStoreError) -> Step
  ) throws(DynamoFailure) -> Step {
    do {
      return try body(&self)
    } catch {
      throw DynamoFailure(error, isCertain: true)
    }
  }
}

extension FleetStoreError {
  fileprivate static let twoSyncs = FleetStoreError(
    .unavailable, "Another sync of this member is under way; a member has one at a time.")
}
