package import FleetStore

extension ValkeyFleetStore {
  package func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus? {
    let keys = keys(scope)
    guard let text = try await command(["HGET", keys.state, "s"], keys, timeout).string else { return nil }
    var twin = try FleetTwin(stateText: text)
    try await pairs(["HGETALL", keys.members], keys, timeout) { name, value throws(FleetStoreError) in
      try twin.enter(recordText: value, of: name)
    }
    try await pairs(["ZRANGE", keys.seen, "0", "-1", "WITHSCORES"], keys, timeout) { name, value throws(FleetStoreError) in
      twin.enter(seen: try Self.score(value, of: "members' times"), of: name)
    }
    try await pairs(["ZRANGE", keys.queue, "0", "-1", "WITHSCORES"], keys, timeout) { name, value throws(FleetStoreError) in
      twin.enter(tag: try Self.score(value, of: "queue"), of: name)
    }
    return twin.status(at: try await time(keys, timeout))
  }

  package func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope] {
    var (cursor, found) = ("0", Set<FleetScope>())
    repeat {
      let words = ["SCAN", cursor, "MATCH", FleetKeys.pattern(prefix: prefix), "COUNT", "1000"]
      // Commands without a key go to the server of the address.
      let reply = try await client.send(words, key: "", timeout: timeout)
      if case .error(let text) = reply { throw .reply(RESPErrorReply(text)) }
      guard let parts = reply.elements, parts.count == 2, let next = parts[0].string, let keys = parts[1].elements else {
        throw .badAnswer
      }
      for key in keys { if let scope = key.string.flatMap({ FleetKeys.scope(of: $0, prefix: prefix) }) { found.insert(scope) } }
      cursor = next
    } while cursor != "0"
    let information = try await client.send(["INFO", "cluster"], key: "", timeout: timeout).string ?? ""
    guard !information.contains("cluster_enabled:1") else {
      throw FleetStoreError(
        .configuration, "The fleet's store is a cluster, of which one node can't list all scopes; name a model's id.")
    }
    return found.sorted { $0.name < $1.name }
  }

  /// The server's clock, in ms since 1970.
  private func time(_ keys: FleetKeys, _ timeout: Duration) async throws(FleetStoreError) -> Int64 {
    let reply = try await command(["TIME"], keys, timeout)
    guard let parts = reply.elements, parts.count == 2, let seconds = parts[0].integer, let micros = parts[1].integer,
      0...FleetBounds.timeMax / 1_000 ~= seconds
    else { throw .badAnswer }
    return seconds * 1_000 + micros / 1_000
  }

  private static func score(_ text: String, of what: String) throws(FleetStoreError) -> Int64 {
    guard let score = Double(text).flatMap({ Int64(exactly: $0) }), 0...FleetBounds.integerMax ~= score else {
      throw .corrupt(what)
    }
    return score
  }

  /// Reads names and values in turn. RESP3 gives scores as numbers and in pairs.
  private func pairs(
    _ words: [String], _ keys: FleetKeys, _ timeout: Duration, _ take: (String, String) throws(FleetStoreError) -> Void
  ) async throws(FleetStoreError) {
    guard let elements = try await command(words, keys, timeout).elements else { throw .badAnswer }
    let flat = elements.flatMap { $0.elements ?? [$0] }
    for index in stride(from: 0, to: flat.count - 1, by: 2) {
      guard let name = flat[index].string, let value = flat[index + 1].string ?? flat[index + 1].integer.map(String.init) else {
        throw .badAnswer
      }
      try take(name, value)
    }
  }

  package func forget(
    _ member: String, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> Bool {
    let (keys, name) = (keys(scope), FleetName.encode(member))
    guard try await command(["ZSCORE", keys.seen, name], keys, timeout) != .null else { return false }
    // XX: a member that has just left must not come back as one that was never heard of.
    _ = try await command(["ZADD", keys.seen, "XX", "0", name], keys, timeout)
    return true
  }

  package func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool {
    let keys = keys(scope)
    return try await command(["DEL"] + keys.all, keys, timeout).integer != 0
  }
}
