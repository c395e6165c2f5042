/// A store that lets many processes share the quotas of one scope.
///
/// `ValkeyFleetStore` is for Redis and Valkey, ``DynamoDBFleetStore`` for a table of DynamoDB, ``MemoryFleetStore`` for tests and
/// simulations. All pass the tests of `FleetStoreConformanceTests`, as far as they are meant for them. The protocol of members and store is in docs/design/fleet.md.
package protocol FleetStore: Sendable {
  /// Whether members are served by their weights, and not one after the other.
  var ordersByWeight: Bool { get }
  /// Whether requests in flight can be shared: those of a dead member come back, and none is lost with a lost answer.
  var sharesConcurrency: Bool { get }

  /// Settles what a member owes, books its next requests, and shows that it is alive.
  ///
  /// The operation is idempotent. A member that got no answer sends a new sequence number with what it knows, and the store
  /// corrects what it has booked.
  /// - Parameter timeout: how long the caller waits for the answer, connecting included.
  /// - Throws: ``FleetStoreError``; if ``FleetStoreError/isLost`` is true, the store may or may not have done it.
  func sync(_ request: SyncRequest, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> SyncReply

  /// Reads what the store knows of a scope, and changes nothing.
  /// - Returns: nil if the store has never heard of the scope.
  func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus?

  /// The scopes that the store knows, by name.
  /// - Throws: also ``FleetStoreError`` (`configuration`) if the store can't list them.
  func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope]

  /// Makes the store count a member as dead from the next sync on, so that its concurrent requests come back. Its debt stays. A
  /// member that is alive comes back with its next sync.
  /// - Returns: false if the scope has no such member.
  func forget(_ member: String, scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool

  /// Deletes everything of a scope. The members fill it again with the levels that they saw last.
  /// - Returns: false if the store has never heard of the scope.
  @discardableResult
  func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool
}

extension FleetStore {
  package var ordersByWeight: Bool { true }
  package var sharesConcurrency: Bool { true }

  /// Takes a member out of a fleet. What it owes stays spent; it settles first, and asks for nothing.
  package func leave(
    _ request: SyncRequest, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> SyncReply {
    var request = request
    request.isLeaving = true
    request.bundles = []
    return try await sync(request, scope: scope, timeout: timeout)
  }
}
