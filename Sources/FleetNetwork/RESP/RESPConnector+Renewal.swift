import FleetStore
import Logging
import NIOCore

extension RESPConnector {
  /// The pause after a login on an open connection that failed.
  private static let pauseAfterFailure = Duration.seconds(60)

  /// Logs in again and again while a connection lasts, because AWS ends it 12 hours after its last login by IAM. A login that
  /// fails leaves the one before in force, and is tried again; if all do, the connection ends, and a new one says why.
  func renewLogins(on connection: RESPConnection) {
    let renewing = Task {
      var pause = renewal
      while connection.isActive {
        try await Task.sleep(for: pause)
        pause = await logsInAgain(on: connection) ? renewal : min(renewal, Self.pauseAfterFailure)
      }
    }
    connection.end.whenComplete { _ in renewing.cancel() }
  }

  private func logsInAgain(on connection: RESPConnection) async -> Bool {
    do throws(FleetStoreError) {
      guard let password = try await login.currentPassword() else { return true }
      try await expectOK(connection, login.words(password))
      logger.debug("logged in to the fleet's store again")
      return true
    } catch {
      if connection.isActive {
        logger.warning(
          "The login to the fleet's store could not be renewed; it is tried again in a minute.",
          metadata: ["error": "\(error.message)"])
      }
      return false
    }
  }
}
