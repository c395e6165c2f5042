import FleetNetwork
import FleetStore
import Testing

/// Tests against real servers. They run one after the other, since each starts programs.
@Suite(.serialized, .enabled(if: ServerProcess.isFound, "redis-server and valkey-server are not installed"))
enum ServerTests {}

extension ServerTests {
  static let scope = FleetScope("tests/us-east-1/model")

  static func sync(
    _ store: ValkeyFleetStore, _ request: SyncRequest, timeout: Duration = .ample
  ) async throws -> SyncReply.Answer {
    try #require(try await store.sync(request, scope: scope, timeout: timeout).answer)
  }
}
