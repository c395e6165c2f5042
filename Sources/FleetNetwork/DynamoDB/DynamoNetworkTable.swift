import AWSClient
import AWSWire
import FleetStore
import Foundation
import HTTPTypes
import Logging
import Synchronization

/// A table of DynamoDB.
///
/// Every request is sent once: the SDKs' retries would book a second time what a lost reply had booked.
final class DynamoNetworkTable: DynamoTable {
  private let name: String
  private let client: AWSClient
  private let logger: Logger
  /// This machine's time, in ms since 1970.
  private let clock: @Sendable () -> Int64
  private let correction = Mutex(DynamoClock())
  /// Pages of a query or scan: 1 MB each, some 5,000 members.
  private static let pagesMax = 20
  /// An item of a fleet has about 500 bytes.
  private static let replyBytesMax = 2 * 1_024 * 1_024

  /// - Parameter name: the table's name or ARN.
  init(_ name: String, client: AWSClient, logger: Logger, clock: @escaping @Sendable () -> Int64) {
    self.name = name
    self.client = client
    self.logger = logger
    self.clock = clock
  }

  var now: Int64 { clock() + correction.withLock { $0.correction } }

  func read(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
    // An old item is good enough: every write has conditions. And it costs half.
    try await call("GetItem", members(key), timeout)["Item"]?.dynamoItem
  }

  func update(_ key: DynamoKey, _ update: DynamoUpdate, timeout: Duration) async throws(DynamoFailure) -> DynamoOutcome {
    let answers: [JSONValue.Member] = [
      .init("ReturnValues", "ALL_NEW"), .init("ReturnValuesOnConditionCheckFailure", "ALL_OLD"),
    ]
    let body = JSONValue.object(members(key) + update.members + answers)
    do throws(DynamoCallError) {
      guard let item = try await send("UpdateItem", body, timeout)["Attributes"]?.dynamoItem else { throw .noReply("UpdateItem") }
      return .written(item)
    } catch {
      guard error.isCondition else { throw error.failure("UpdateItem", table: name) }
      // Of a long reply the end is missing, and then nobody knows the item.
      guard let body = error.body else {
        throw DynamoFailure(DynamoCallError.noReply("UpdateItem").failure("UpdateItem", table: name).error, isCertain: true)
      }
      return .refused(body["Item"]?.dynamoItem)
    }
  }

  func put(_ key: DynamoKey, _ item: DynamoAttributes, timeout: Duration) async throws(DynamoFailure) {
    let attributes = item.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) }
    _ = try await call("PutItem", [table, .init("Item", .object(key.members + attributes))], timeout)
  }

  func delete(_ key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> DynamoAttributes? {
    try await call("DeleteItem", members(key) + [.init("ReturnValues", "ALL_OLD")], timeout)["Attributes"]?.dynamoItem
  }

  func items(beside key: DynamoKey, timeout: Duration) async throws(DynamoFailure) -> [String: DynamoAttributes] {
    let found = try await pages(
      "Query",
      [
        .init("KeyConditionExpression", "#k = :k"),
        .init("ExpressionAttributeNames", .object([.init("#k", .string(DynamoKey.names.partition))])),
        .init("ExpressionAttributeValues", .object([.init(":k", DynamoAttribute.text(key.partition).json)])),
        .init("ConsistentRead", true),
      ], timeout)
    var items: [String: DynamoAttributes] = [:]
    for item in found { if let sort = item[DynamoKey.names.sort]?["S"]?.string { items[sort] = item.dynamoItem } }
    return items
  }

  func partitions(withSort sort: String, timeout: Duration) async throws(DynamoFailure) -> [String] {
    let found = try await pages(
      "Scan",
      [
        .init("FilterExpression", "#s = :s"), .init("ProjectionExpression", "#k"),
        .init(
          "ExpressionAttributeNames",
          .object([.init("#k", .string(DynamoKey.names.partition)), .init("#s", .string(DynamoKey.names.sort))])),
        .init("ExpressionAttributeValues", .object([.init(":s", DynamoAttribute.text(sort).json)])),
      ], timeout)
    return found.compactMap { $0[DynamoKey.names.partition]?["S"]?.string }
  }

  /// The items of all pages.
  private func pages(
    _ operation: String, _ members: [JSONValue.Member], _ timeout: Duration
  ) async throws(DynamoFailure) -> [JSONValue] {
    let end = ContinuousClock.now + timeout
    var (found, start): ([JSONValue], [JSONValue.Member]) = ([], [])
    for _ in 0..<Self.pagesMax {
      let page = try await call(operation, [table] + members + start, end - .now)
      found += page["Items"]?.array ?? []
      guard let next = page["LastEvaluatedKey"] else { return found }
      start = [.init("ExclusiveStartKey", next)]
    }
    throw DynamoFailure(
      FleetStoreError(
        .response,
        "The fleet's table \(name) has more than \(Self.pagesMax) pages of items; name an id, or use a table of its own."),
      isCertain: true)
  }

  private var table: JSONValue.Member { .init("TableName", .string(name)) }

  private func members(_ key: DynamoKey) -> [JSONValue.Member] { [table, .init("Key", .object(key.members))] }

  private func call(
    _ operation: String, _ members: [JSONValue.Member], _ timeout: Duration
  ) async throws(DynamoFailure) -> JSONValue {
    do throws(DynamoCallError) {
      return try await send(operation, .object(members), timeout)
    } catch {
      throw error.failure(operation, table: name)
    }
  }

  private func send(
    _ operation: String, _ body: JSONValue, _ timeout: Duration
  ) async throws(DynamoCallError) -> JSONValue {
    let sentAt = clock()
    let call = DynamoDBAPI.operation(operation, json: body.data)
    let reply: Reply
    do {
      reply = try await Self.within(timeout) { [client, clock] in
        let stream = try await client.open(call, limits: ReplyLimits(silence: timeout))
        let receivedAt = clock()
        return Reply(
          date: stream.head.headerFields[.date], receivedAt: receivedAt, body: try await stream.whole(max: Self.replyBytesMax))
      }
    } catch {
      throw DynamoCallError(error)
    }
    learn(reply, sentAt: sentAt)
    guard let json = try? JSONValue(reply.body), json.members != nil else { throw .noReply(operation) }
    return json
  }

  private struct Reply: Sendable {
    var date: String?
    var receivedAt: Int64
    var body: Data
  }

  private func learn(_ reply: Reply, sentAt: Int64) {
    guard let date = reply.date.flatMap(HTTPDate.parse) else { return }
    let milliseconds = Int64(date.timeIntervalSince1970) * 1_000
    guard 0...FleetBounds.timeMax ~= milliseconds else { return }
    let changed = correction.withLock { clock in
      clock.learn(milliseconds, sentAt: sentAt, receivedAt: reply.receivedAt) ? clock.correction : nil
    }
    guard let changed else { return }
    guard changed != 0 else { return logger.info("This machine's clock is right again.") }
    logger.warning(
      "This machine's clock is off. The fleet's bookings use DynamoDB's time instead; set the clock.",
      metadata: ["added-ms": "\(changed)"])
  }

  /// - Throws: `CancellationError` when the time is over or the task was cancelled.
  private static func within<Output: Sendable>(
    _ timeout: Duration, _ body: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    try await withThrowingTaskGroup(of: Output?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let output = first else { throw CancellationError() }
      return output
    }
  }
}
