import Synchronization

/// A store in this process, for tests and simulations: the arithmetic of a server with a clock of the caller's.
package final class MemoryFleetStore: FleetStore {
  private let scopes = Mutex<[FleetScope: FleetTwin]>([:])
  /// Milliseconds since 1970.
  private let clock: @Sendable () -> Int64

  /// - Parameter clock: the time, in ms since 1970. It may step back.
  package init(clock: @escaping @Sendable () -> Int64) {
    self.clock = clock
  }

  package func sync(
    _ request: SyncRequest, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> SyncReply {
    let now = clock()
    return try scopes.withLock { scopes throws(FleetStoreError) in
      try scopes[scope, default: FleetTwin()].sync(request, at: now)
    }
  }

  package func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus? {
    let now = clock()
    return scopes.withLock { $0[scope]?.status(at: now) }
  }

  package func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope] {
    scopes.withLock { $0.keys.sorted { $0.name < $1.name } }
  }

  package func forget(
    _ member: String, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> Bool {
    scopes.withLock { $0[scope]?.forget(member) ?? false }
  }

  package func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool {
    scopes.withLock { $0.removeValue(forKey: scope) != nil }
  }

  /// Loses one of a scope's keys, as a server may.
  package func lose(_ key: FleetTwin.Key, of scope: FleetScope) {
    scopes.withLock { $0[scope]?.lose(key) }
  }
}
