import FleetStore
import Foundation
import Testing

/// The stores that must behave alike.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory
  case redis = "redis-server"
  case valkey = "valkey-server"

  /// Those that this machine has.
  static let found = allCases.filter { $0 == .memory || ServerProcess.programs[$0.rawValue] != nil }

  var testDescription: String { rawValue }

  /// Runs a test with a store of its own.
  func run(_ test: (any FleetStore) async throws -> Void) async throws {
    guard self != .memory else {
      return try await test(MemoryFleetStore { Int64(Date().timeIntervalSince1970 * 1_000) })
    }
    let server = try ServerProcess(program: rawValue)
    let store = try await server.store()
    try await test(store)
    store.close()
    server.stop()
  }
}
