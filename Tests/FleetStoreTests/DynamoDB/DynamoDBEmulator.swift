import AWSClient
import AWSWire
import FleetNetwork
import FleetStore
import Foundation
import Logging

/// An emulator of DynamoDB, such as ministack or moto's server. `BEDQUOTA_DYNAMODB_ENDPOINT` has its URL; without it, its tests
/// are left out.
enum DynamoDBEmulator {
  static let endpoint = ProcessInfo.processInfo.environment["BEDQUOTA_DYNAMODB_ENDPOINT"]
  static let isFound = endpoint != nil
  /// Whether its conditional updates are atomic. Those of moto 5.2.5 aren't, so `BEDQUOTA_DYNAMODB_ATOMIC=0` leaves out the tests
  /// that need it.
  static let isAtomic = ProcessInfo.processInfo.environment["BEDQUOTA_DYNAMODB_ATOMIC"] != "0"
  static let region = "us-east-1"

  /// A table of its own, which is deleted afterwards.
  struct Table: Sendable {
    let name: String
    let client: AWSClient

    func store(prefix: String = "", table: String? = nil) throws -> DynamoDBFleetStore {
      DynamoDBFleetStore(
        try DynamoDBAddress("dynamodb://\(table ?? name)?prefix=\(prefix.isEmpty ? "test" : prefix)"), client: client,
        logger: Logger(label: "test"))
    }
  }

  static func withTable(
    keys: [String] = ["pk", "sk"], _ body: (Table) async throws -> Void
  ) async throws {
    var options = AWSConfiguration.Options()
    options.region = region
    options.endpointURL = endpoint
    options.credentials = StaticCredentialProvider(
      Credentials(accessKeyID: "test-access-key", secretAccessKey: "test-secret-key"))
    let configuration = try AWSConfiguration(options, environment: [:])
    try await AsyncHTTPTransport.with(connectionsMax: 64) { transport in
      let table = Table(
        name: "fleet-\(UUID().uuidString)", client: AWSClient(configuration: configuration, transport: transport))
      try await call(table, "CreateTable", schema(keys))
      try await body(table)
      try await call(table, "DeleteTable", [])
    }
  }

  private static func schema(_ keys: [String]) -> [JSONValue.Member] {
    [
      .init("BillingMode", "PAY_PER_REQUEST"),
      .init("AttributeDefinitions", .array(keys.map { ["AttributeName": .string($0), "AttributeType": "S"] })),
      .init(
        "KeySchema", .array(keys.enumerated().map { ["AttributeName": .string($1), "KeyType": $0 == 0 ? "HASH" : "RANGE"] })),
    ]
  }

  private static func call(_ table: Table, _ operation: String, _ members: [JSONValue.Member]) async throws {
    let body = JSONValue.object([.init("TableName", .string(table.name))] + members)
    _ = try await table.client.call(DynamoDBAPI.operation(operation, json: body.data))
  }

  static func withStore(_ body: (any FleetStore) async throws -> Void) async throws {
    try await withTable { table in try await body(table.store()) }
  }
}
