package import Foundation

/// Amazon DynamoDB's operations, awsJson1_0.
package enum DynamoDBAPI {
  package static let wire = WireProtocol.json(version: "1.0", target: "DynamoDB_20120810")

  /// - Parameters:
  ///   - name: the operation, such as `UpdateItem`.
  ///   - body: its input as JSON.
  /// - Returns: the call, whose reply stays JSON.
  package static func operation(_ name: String, json body: Data) -> AWSOperation<Data> {
    AWSOperation(service: .dynamoDB, name: name, wire: wire, request: wire.post(operation: name, json: body), decode: { $0 })
  }
}
