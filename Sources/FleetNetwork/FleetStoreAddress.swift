package import AWSClient
package import FleetStore
package import Logging

/// The address of a store, as a URL: ``ValkeyAddress`` or ``DynamoDBAddress``.
package enum FleetStoreAddress: Sendable, Equatable {
  case valkey(ValkeyAddress)
  case dynamoDB(DynamoDBAddress)

  /// - Throws: `FleetStoreError` (`configuration`), whose message holds nothing of the URL but names of options.
  package init(_ url: String, from origin: ValkeyAddress.Origin) throws(FleetStoreError) {
    self =
      url.lowercased().hasPrefix("dynamodb://")
      ? .dynamoDB(try DynamoDBAddress(url)) : .valkey(try ValkeyAddress(url, from: origin))
  }

  /// As `FleetStore/sharesConcurrency`.
  package var sharesConcurrency: Bool { if case .dynamoDB = self { false } else { true } }

  /// Opens the store; nothing is sent yet.
  /// - Parameter client: signs for the account that has a table, or a user who logs in by IAM.
  package func store(_ client: @autoclosure () -> AWSClient, logger: Logger) throws(FleetStoreError) -> any FleetStore {
    switch self {
    case .valkey(let address):
      guard let cache = address.cache else { return try ValkeyFleetStore(address, logger: logger) }
      return try ValkeyFleetStore(address, signer: try Self.signer(client(), in: cache.region), logger: logger)
    case .dynamoDB(let address):
      do {
        let client = client()
        var configuration = client.configuration
        if let region = address.region { configuration = try configuration.with(region: region) }
        configuration = try configuration.with(endpointURL: address.endpoint)
        return DynamoDBFleetStore(address, client: client.with(configuration: configuration), logger: logger)
      } catch {
        throw .unusable(error)
      }
    }
  }

  /// - Parameter region: nil for the client's own.
  private static func signer(_ client: AWSClient, in region: String?) throws(FleetStoreError) -> AWSClient {
    do {
      guard let region else {
        _ = try client.configuration.requireRegion()
        return client
      }
      return try client.with(region: region)
    } catch {
      throw .unusable(error)
    }
  }

  /// Whether a text may be a Region's name.
  static func isRegion(_ text: String) -> Bool {
    1...40 ~= text.utf8.count && text.contains("-")
      && text.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "-") }
  }
}

extension FleetStoreError {
  /// - Parameter error: a sentence about the AWS settings that the address needs.
  fileprivate static func unusable(_ error: any Error) -> FleetStoreError {
    FleetStoreError(.configuration, "The address of the fleet's store can't be used: \(error)")
  }
}
