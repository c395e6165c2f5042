import Synchronization

/// What people ask of a store, and the rows that answer them.
extension DynamoDBFleetStore {
  /// Writes a member's row, once a minute, and at once where requests in flight count. It is for people, so it may fail, and
  /// takes at most half of the time that the sync has left.
  func writeRow(
    _ request: SyncRequest, _ key: Key, _ reply: SyncReply, _ ledger: DynamoLedger, until end: ContinuousClock.Instant
  ) async {
    if request.isLeaving { rows.withLock { $0[key] = nil } }
    guard case .answer(let answer) = reply else { return }
    let row = self.key(key.scope).member(key.member)
    let left = (end - ContinuousClock.now) / 2
    guard left > .zero else { return }
    if request.isLeaving {
      _ = try? await table.delete(row, timeout: left)
      return
    }
    guard let record = ledger.record else { return }
    let counts = request.meters.contains { $0.limit.kind == .concurrency } && ledger.writtenAt == answer.now
    let isDue = rows.withLock { rows in
      if !counts, let last = rows[key], answer.now - last < DynamoRow.interval, answer.now >= last { return false }
      rows[key] = answer.now
      return true
    }
    guard isDue, let request = try? request.bounded() else { return }
    let content = DynamoRow(request, owed: record.owed, isWaiting: answer.wait >= 0, at: answer.now)
    try? await table.put(row, content.attributes, timeout: left)
  }

  package func status(of scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> FleetStatus? {
    let key = key(scope)
    let items = try await plain { () throws(DynamoFailure) in try await table.items(beside: key, timeout: timeout) }
    guard let attributes = items[key.sort] else { return nil }
    let item = try DynamoItem(attributes)
    let now = table.now
    var members: [FleetStatus.Member] = []
    for (sort, attributes) in items.sorted(by: { $0.key < $1.key }) {
      guard let name = DynamoKey.member(ofSort: sort) else { continue }
      let row = try DynamoRow(attributes, name: name)
      members.append(
        FleetStatus.Member(
          name: name, weight: row.weight, sequence: row.sequence, owed: row.owed, silence: max(0, now - row.writtenAt),
          isWaiting: row.isWaiting, fallback: row.fallback, share: row.share))
    }
    let meters = zip(item.limits, item.meters(at: now)).map { limit, meter in
      FleetStatus.Meter(limit: limit, level: meter.level, pacer: meter.pacer)
    }
    return FleetStatus(
      epoch: item.epoch, now: now, version: item.version, total: item.total, windowSum: 0, meters: meters, members: members)
  }

  package func scopes(timeout: Duration) async throws(FleetStoreError) -> [FleetScope] {
    let partitions = try await plain { () throws(DynamoFailure) in
      try await table.partitions(withSort: DynamoKey.scopeItem, timeout: timeout)
    }
    return partitions.compactMap { DynamoKey.scope(ofPartition: $0, prefix: prefix) }.sorted { $0.name < $1.name }
  }

  package func forget(
    _ member: String, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> Bool {
    let end = ContinuousClock.now + timeout
    let (key, name) = (key(scope), FleetName.encode(member))
    let old = try await plain { () throws(DynamoFailure) in try await table.delete(key.member(name), timeout: timeout) }
    guard let old else { return false }
    rows.withLock { $0[Key(scope: scope, member: name)] = nil }
    try await giveBack(try DynamoRow(old, name: name).owed, key, until: end)
    return true
  }

  /// Gives back the requests in flight of a member that is gone.
  private func giveBack(
    _ owed: [FleetAmount], _ key: DynamoKey, until end: ContinuousClock.Instant
  ) async throws(FleetStoreError) {
    for _ in 0..<Self.attemptsMax {
      let left = end - ContinuousClock.now
      guard left > .zero else { throw .noAnswer }
      let attributes = try await plain { () throws(DynamoFailure) in try await table.read(key, timeout: left) }
      guard let item = try attributes.map({ attributes throws(FleetStoreError) in try DynamoItem(attributes) }),
        let update = item.givingBack(owed)
      else { return }
      let outcome = try await plain { () throws(DynamoFailure) in try await table.update(key, update, timeout: left) }
      if case .written = outcome { return }
    }
    throw .crowdedTable
  }

  private static let attemptsMax = 5

  package func reset(_ scope: FleetScope, timeout: Duration) async throws(FleetStoreError) -> Bool {
    let end = ContinuousClock.now + timeout
    let key = key(scope)
    let item = try await plain { () throws(DynamoFailure) in try await table.delete(key, timeout: timeout) }
    let rest = try await plain { () throws(DynamoFailure) in try await table.items(beside: key, timeout: end - .now) }
    for sort in rest.keys where DynamoKey.member(ofSort: sort) != nil {
      _ = try await plain { () throws(DynamoFailure) in try await table.delete(key.beside(sort: sort), timeout: end - .now) }
    }
    return item != nil
  }

  private func plain<Output>(_ body: () async throws(DynamoFailure) -> Output) async throws(FleetStoreError) -> Output {
    do {
      return try await body()
    } catch {
      throw error.error
    }
  }
}

extension DynamoItem {
  /// The change that gives back the requests in flight of a member; nil if it had none.
  /// - Parameter owed: by its row.
  fileprivate func givingBack(_ owed: [FleetAmount]) -> DynamoUpdate? {
    guard owed.count == limits.count else { return nil }
    var update = DynamoUpdate(conditions: [.equal(Name.version, Int128(version)), .equal(Name.epoch, Int128(epoch))])
    for (index, limit) in limits.enumerated() where limit.kind == .concurrency && owed[index].reserved > 0 {
      var level = LevelPlan(-taken[index].level)
      level.add(Int128(owed[index].reserved))
      level.lower(to: Int128(limit.capacity))
      level.write(Name.level(index), refill: 0, newRefill: 0, to: &update)
    }
    return update.actions.isEmpty ? nil : update
  }
}
