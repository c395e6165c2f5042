import Synchronization

/// A table in this process, for tests and simulations.
package final class DynamoMemoryTable: DynamoTable {
  private let items = Mutex<[DynamoKey: DynamoAttributes]>([:])
  /// Milliseconds since 1970.
  private let clock: @Sendable () -> Int64

  /// - Parameter clock: the time, in ms since 1970.
  package init(clock: @escaping @Sendable () -> Int64) {
    self.clock = clock
  }

  package var now: Int64 { clock() }

  package func read(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
    items.withLock { $0[key] }
  }

  package func update(
    _ key: DynamoKey, _ update: DynamoUpdate, timeout: Duration
  ) async throws(DynamoFailure) -> DynamoOutcome {
    do {
      return try items.withLock { items throws(FleetStoreError) in
        let outcome = try update.apply(to: items[key])
        if case .written(let item) = outcome { items[key] = item }
        return outcome
      }
    } catch {
      throw DynamoFailure(error, isCertain: true)
    }
  }

  package func put(_ key: DynamoKey, _ item: DynamoAttributes, timeout: Duration) async throws(DynamoFailure) {
    items.withLock { $0[key] = item }
  }

  package func delete(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
    items.withLock { $0.removeValue(forKey: key) }
  }

  package func items(beside key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> [String: DynamoAttributes] {
    items.withLock { items in
      var found: [String: DynamoAttributes] = [:]
      for (other, item) in items where other.partition == key.partition { found[other.sort] = item }
      return found
    }
  }

  package func partitions(withSort sort: String, timeout: Duration) async throws(DynamoFailure) -> [String] {
    items.withLock { items in items.keys.filter { $0.sort == sort }.map(\.partition) }
  }
}
