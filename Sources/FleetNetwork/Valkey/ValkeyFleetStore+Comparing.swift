package import FleetStore

/// What programs need that compare a server with `FleetTwin`.
extension ValkeyFleetStore {
  /// A sync at a time of the caller's, with numbers beyond their ranges left to the script.
  /// - Parameter now: milliseconds since 1970.
  package func sync(
    _ request: SyncRequest, scope: FleetScope, at now: Int64, timeout: Duration = .seconds(10)
  ) async throws(FleetStoreError) -> SyncReply {
    let reply = try await run(request.arguments(name: FleetName.encode(request.member), at: now), keys(scope), timeout)
    return try SyncReply(reply, meters: request.meters.count, bundles: request.bundles.count)
  }

  /// The stored forms, as `FleetTwin` has them.
  /// - Parameter member: whose record to read.
  package func stored(
    of scope: FleetScope, member: String, timeout: Duration = .seconds(10)
  ) async throws(FleetStoreError) -> (state: String?, record: String?) {
    let keys = keys(scope)
    let state = try await command(["HGET", keys.state, "s"], keys, timeout).string
    return (state, try await command(["HGET", keys.members, FleetName.encode(member)], keys, timeout).string)
  }

  /// The slots of the strict window.
  package func storedWindow(of scope: FleetScope, timeout: Duration = .seconds(10)) async throws(FleetStoreError) -> [Int64:
    Int64]
  {
    let keys = keys(scope)
    var slots: [Int64: Int64] = [:]
    let elements = try await command(["HGETALL", keys.window], keys, timeout).elements ?? []
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      guard let slot = elements[index].integer, let units = elements[index + 1].integer else { throw .badAnswer }
      slots[slot] = units
    }
    return slots
  }

  /// Deletes one of a scope's keys.
  package func lose(_ key: FleetTwin.Key, of scope: FleetScope, timeout: Duration = .seconds(10)) async throws(FleetStoreError) {
    let keys = keys(scope)
    _ = try await command(["DEL", keys.all[key.rawValue]], keys, timeout)
  }

  /// Seconds until each key expires; -1: never, -2: it doesn't exist.
  package func lifetimes(of scope: FleetScope, timeout: Duration = .seconds(10)) async throws(FleetStoreError) -> [Int64] {
    let keys = keys(scope)
    var seconds: [Int64] = []
    for key in keys.all { seconds.append(try await command(["TTL", key], keys, timeout).integer ?? -2) }
    return seconds
  }
}
