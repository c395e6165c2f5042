package import AWSClient
package import Logging

/// The address of a store, as a URL: ``ValkeyAddress`` or ``DynamoDBAddress``.
package enum FleetStoreAddress: Sendable, Equatable {
  case valkey(ValkeyAddress)
  case dynamoDB(DynamoDBAddress)

  /// - Throws: ``FleetStoreError`` (`configuration`), whose message holds nothing of the URL but names of options.
  package init(_ url: String, from origin: ValkeyAddress.Origin) throws(FleetStoreError) {
    self =
      url.lowercased().hasPrefix("dynamodb://")
      ? .dynamoDB(try DynamoDBAddress(url)) : .valkey(try ValkeyAddress(url, from: origin))
  }

  /// As ``FleetStore/sharesConcurrency``.
  package var sharesConcurrency: Bool { if case .dynamoDB = self { false } else { true } }

  /// Opens the store; nothing is sent yet.
  /// - Parameter client: signs for the account that has a table.
  package func store(_ client: @autoclosure () -> AWSClient, logger: Logger) throws(FleetStoreError) -> any FleetStore {
    switch self {
    case .valkey(let address): return try ValkeyFleetStore(address, logger: logger)
    case .dynamoDB(let address):
      do {
        let client = client()
        var configuration = client.configuration
        if let region = address.region { configuration = try configuration.with(region: region) }
        configuration = try configuration.with(endpointURL: address.endpoint)
        return DynamoDBFleetStore(address, client: client.with(configuration: configuration), logger: logger)
      } catch {
        throw FleetStoreError(.configuration, "The address of the fleet's store can't be used: \(error)")
      }
    }
  }
}
