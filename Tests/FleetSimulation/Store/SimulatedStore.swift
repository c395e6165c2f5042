import FleetStore

/// A store that can be away, lose what it knew, and have a wrong clock.
struct SimulatedStore: Sendable {
  private(set) var twin = FleetTwin()
  /// What a replica has, with the time in nanoseconds; the oldest first.
  private var replicas: [(at: Int64, twin: FleetTwin)] = []
  /// The time of the next copy for a replica; nil: no failover will come.
  private var copiedAt: Int64?
  var isUp = true
  var clockOffset: Double = 0
  /// The virtual time 0, in ms since 1970.
  private static let epoch: Int64 = 1_800_000_000_000
  private static let copyNanoseconds: Int64 = 250_000_000
  private static let copiesMax = 12

  /// - Parameter copies: whether replicas are needed.
  init(copies: Bool) { copiedAt = copies ? 0 : nil }

  /// The store's clock, in ms since 1970.
  func milliseconds(at now: Int64) -> Int64 { Self.epoch + now / 1_000_000 + Int64(clockOffset * 1_000) }

  mutating func sync(_ request: SyncRequest, at now: Int64) throws(FleetStoreError) -> SyncReply {
    if let copy = copiedAt, now >= copy {
      replicas.append((now, twin))
      if replicas.count > Self.copiesMax { replicas.removeFirst() }
      copiedAt = now + Self.copyNanoseconds
    }
    return try twin.sync(request, at: milliseconds(at: now))
  }

  /// Goes back to what was known some time ago, or a little before.
  mutating func failOver(losing nanoseconds: Int64, at now: Int64) {
    if let replica = replicas.last(where: { $0.at <= now - nanoseconds }) { twin = replica.twin }
    replicas = []
  }

  mutating func flush() { twin = FleetTwin() }
}
