import FleetNetwork
import FleetStore
import Foundation
import Testing

/// The stores that must behave alike.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory
  case redis = "redis-server"
  case valkey = "valkey-server"
  /// A table in memory.
  case table
  /// A table of the emulator that ``DynamoDBEmulator`` names.
  case dynamoDB

  /// Those that this machine has.
  static let found = allCases.filter { kind in
    switch kind {
    case .memory, .table: true
    case .redis, .valkey: ServerProcess.programs[kind.rawValue] != nil
    case .dynamoDB: DynamoDBEmulator.isFound
    }
  }
  /// Those that keep a queue, a strict window and records of members, and answer by the horizon of the request. A table has none of
  /// these: see ``DynamoDBFleetStore``, and `DynamoDBStoreTests` for what it does instead.
  static let queueing = found.filter { $0 != .table && $0 != .dynamoDB }

  var testDescription: String { rawValue }

  /// Runs a test with a store of its own.
  func run(_ test: (any FleetStore) async throws -> Void) async throws {
    let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
    switch self {
    case .memory: return try await test(MemoryFleetStore(clock: clock))
    case .table: return try await test(DynamoDBFleetStore(DynamoMemoryTable(clock: clock)))
    case .dynamoDB: return try await DynamoDBEmulator.withStore(test)
    case .redis, .valkey: break
    }
    let server = try ServerProcess(program: rawValue)
    let store = try await server.store()
    try await test(store)
    store.close()
    server.stop()
  }
}
