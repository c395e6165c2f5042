import FleetStore
import Synchronization

/// Several nodes of a cluster, of which any one tells where all are.
///
/// Each connection begins at the node after the one that was used last, so that a node which can be reached, but can't serve, is left
/// as well. Hosts that belong to no cluster are refused: members that reach different ones would each use the whole quota.
final class ClusterSeeds: Sendable {
  private let seeds: [RESPEndpoint]
  private let connector: RESPConnector
  /// The place of the next one to try.
  private let next = Mutex(0)

  /// - Parameter seeds: at least one.
  init(_ seeds: [RESPEndpoint], connector: RESPConnector) { (self.seeds, self.connector) = (seeds, connector) }

  /// - Throws: `FleetStoreError`: `unavailable` if no node answers, `configuration` if one is in no cluster.
  func connect() async throws(FleetStoreError) -> RESPConnection {
    let first = next.withLock { $0 }
    var failure = FleetStoreError.noAnswer
    for place in first..<first + seeds.count {
      let place = place % seeds.count
      do throws(FleetStoreError) {
        let connection = try await connector.connect(to: seeds[place])
        do throws(FleetStoreError) {
          guard try await isInCluster(connection) else { throw FleetStoreError.noCluster }
        } catch {
          connection.close()
          throw error
        }
        next.withLock { $0 = (place + 1) % seeds.count }
        return connection
      } catch {
        guard error.isLost else { throw error }
        failure = error
      }
    }
    throw failure
  }

  /// A server says what it is in its greeting, which any user may have again.
  private func isInCluster(_ connection: RESPConnection) async throws(FleetStoreError) -> Bool {
    if let greeting = try await connection.send(["HELLO", "3"], timeout: connector.timeout).elements {
      let place = greeting.firstIndex { $0.string == "mode" }
      if let place { return greeting[(place + 1)...].first?.string == "cluster" }
    }
    let information = try await connection.send(["INFO", "cluster"], timeout: connector.timeout).string ?? ""
    return information.contains("cluster_enabled:1")
  }
}

extension FleetStoreError {
  fileprivate static let noCluster = FleetStoreError(
    .configuration,
    """
    The address of the fleet's store names several hosts, and one of them is no node of a cluster; name the one server that all \
    members use, or its sentinels with redis+sentinel://HOST:26379,HOST:26379/NAME.
    """)
}
