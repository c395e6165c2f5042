package import AWSClient
package import FleetStore
import Foundation
package import Logging

extension DynamoDBFleetStore {
  /// Sends nothing yet.
  /// - Parameters:
  ///   - client: its configuration has the address's Region and endpoint, if the address names them; see ``FleetStoreAddress``.
  ///   - clock: this machine's time, in ms since 1970.
  package convenience init(
    _ address: DynamoDBAddress, client: AWSClient, logger: Logger,
    clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
  ) {
    let table = DynamoNetworkTable(address.table, client: client, logger: logger, clock: clock)
    self.init(table, prefix: address.prefix) { key in
      logger.notice("the fleet's item in DynamoDB was made anew", metadata: ["table-key": "\(key)"])
    }
  }
}
