/// A table with conditional writes: DynamoDB, or memory in tests.
package protocol DynamoTable: Sendable {
  /// The time by the table's clock, in ms since 1970, as well as it is known here.
  var now: Int64 { get }

  /// - Returns: nil if there is no such item.
  func read(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes?

  /// Changes an item as a whole, or not at all. It is tried once.
  func update(_ key: DynamoKey, _ update: DynamoUpdate, timeout: Duration) async throws(DynamoFailure) -> DynamoOutcome

  /// Writes an item, whatever was there.
  func put(_ key: DynamoKey, _ item: DynamoAttributes, timeout: Duration) async throws(DynamoFailure)

  /// - Returns: what was deleted; nil if there was nothing.
  func delete(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes?

  /// All items with the partition key of this one, by their sort keys.
  func items(beside key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> [String: DynamoAttributes]

  /// The partition keys of all items with a sort key. It reads the whole table.
  func partitions(withSort sort: String, timeout: Duration) async throws(DynamoFailure) -> [String]
}

/// A failure of a table.
package struct DynamoFailure: Error {
  package var error: FleetStoreError
  /// Whether nothing can have been written.
  package var isCertain: Bool

  package init(_ error: FleetStoreError, isCertain: Bool) {
    self.error = error
    self.isCertain = isCertain
  }
}
