import FleetNetwork
import FleetStore

/// Plays traces through the twin and a server, and stops at the first difference.
struct Comparison {
  let store: ValkeyFleetStore
  private(set) var operations = 0
  private(set) var granted = 0
  private(set) var refused = 0

  init(_ store: ValkeyFleetStore) {
    self.store = store
  }

  /// - Returns: the difference in words; nil if there is none.
  mutating func play(seed: Int, reach: TraceMaker.Reach) async throws -> String? {
    var maker = TraceMaker(seed: seed, reach: reach)
    var twin = FleetTwin()
    let scope = FleetScope("parity/\(seed)")
    _ = try await store.reset(scope, timeout: .seconds(10))
    for step in 0..<maker.length {
      let operation = maker.next()
      for key in operation.lost {
        twin.lose(key)
        try await store.lose(key, of: scope)
      }
      let ours = Self.result { () throws(FleetStoreError) in try twin.sync(operation.request, at: operation.now) }
      let theirs = await Self.result { () async throws(FleetStoreError) in
        try await store.sync(operation.request, scope: scope, at: operation.now)
      }
      operations += 1
      guard ours == theirs else { return "seed \(seed) step \(step)\n\(operation)\ntwin   \(ours)\nserver \(theirs)" }
      guard case .reply(let reply) = ours else {
        refused += 1
        continue
      }
      if case .answer(let answer) = reply { granted += answer.delays.count }
      let member = operation.request.member
      let stored = try await store.stored(of: scope, member: member)
      guard stored.state == twin.stateText, stored.record == twin.recordText(of: member) else {
        return """
          seed \(seed) step \(step), stored\n\(operation)\ntwin   \(twin.stateText ?? "-")\nserver \(stored.state ?? "-")
          twin   \(twin.recordText(of: member) ?? "-")\nserver \(stored.record ?? "-")
          """
      }
      if step % 8 == 0, try await store.storedWindow(of: scope) != twin.windowSlots { return "seed \(seed) step \(step), window" }
      maker.receive(reply, to: operation.request)
    }
    let lifetimes = try await store.lifetimes(of: scope)
    if lifetimes.contains(-1) { return "seed \(seed): a key never expires: \(lifetimes)" }
    _ = try await store.reset(scope, timeout: .seconds(10))
    return nil
  }

  private enum Result: Equatable {
    case reply(SyncReply)
    case error(FleetStoreError.Code)
  }

  private static func result(_ body: () throws(FleetStoreError) -> SyncReply) -> Result {
    do throws(FleetStoreError) { return .reply(try body()) } catch { return .error(error.code) }
  }

  private static func result(_ body: () async throws(FleetStoreError) -> SyncReply) async -> Result {
    do throws(FleetStoreError) { return .reply(try await body()) } catch { return .error(error.code) }
  }
}
