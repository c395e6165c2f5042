import AWSClient
import AWSWire
import FleetStore

/// Why a call to DynamoDB failed.
struct DynamoCallError: Error {
  /// Nil if the call was cancelled or took too long.
  private let error: AWSClientError?

  init(_ error: any Error) { self.error = error as? AWSClientError }

  /// A reply that is none.
  static func noReply(_ operation: String) -> DynamoCallError {
    DynamoCallError(AWSClientError(.response, "\(operation) answered with a body that is not its reply.", operation: operation))
  }

  private var code: String { error?.service?.code ?? "" }

  /// Whether the item doesn't meet the write's conditions.
  var isCondition: Bool { code == "ConditionalCheckFailedException" }

  /// The error reply.
  var body: JSONValue? { error?.service.flatMap { try? JSONValue($0.body) } }

  /// Whether nothing can have been written: DynamoDB refused it, or it never left this machine.
  private var isCertain: Bool {
    guard let error else { return false }
    if let service = error.service { return 400..<500 ~= service.status }
    return error.delivery != .sent || [.credentials, .configuration, .region].contains(error.code)
  }

  /// Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html.
  private static let overloaded: Set<String> = [
    "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "TransactionConflictException",
    "TransactionInProgressException", "ReplicatedWriteConflictException",
  ]
  private static let unknownCaller: Set<String> = [
    "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "ExpiredToken", "IncompleteSignature",
    "IncompleteSignatureException", "MissingAuthenticationTokenException", "InvalidClientTokenId",
  ]

  /// - Parameters:
  ///   - operation: such as `UpdateItem`.
  ///   - table: its name or ARN.
  func failure(_ operation: String, table: String) -> DynamoFailure {
    DynamoFailure(fleetError(operation, table), isCertain: isCertain)
  }

  private func fleetError(_ operation: String, _ table: String) -> FleetStoreError {
    guard let error else { return .noAnswer }
    guard let service = error.service else {
      switch error.code {
      case .credentials: return FleetStoreError(.credentials, error.message)
      case .configuration, .region: return FleetStoreError(.configuration, error.message)
      case .response: return FleetStoreError(.response, "The fleet's table \(table) gave no proper answer. \(error.message)")
      default: return FleetStoreError(.unavailable, "The fleet's table \(table) can't be reached. \(error.message)")
      }
    }
    if Self.overloaded.contains(code) || service.status >= 500 || service.status == 429 {
      return FleetStoreError(
        .unavailable, "DynamoDB can't serve the fleet's table \(table) now (\(code)); raise the table's capacity if this goes on."
      )
    }
    if error.isDenied {
      return FleetStoreError(.permission, "Allow the action dynamodb:\(operation) on the fleet's table \(table); AWS denied it.")
    }
    if Self.unknownCaller.contains(code) { return FleetStoreError(.credentials, error.message) }
    switch code {
    case "ResourceNotFoundException": return .noTable(table)
    case "ValidationException": return validation(service.message, table)
    case "ResourceInUseException", "TableInUseException":
      return FleetStoreError(.unavailable, "The fleet's table \(table) is being created or changed; wait until it is active.")
    default:
      return FleetStoreError(.response, "DynamoDB refused \(operation) on the fleet's table \(table). \(error.message)")
    }
  }

  /// DynamoDB has one code for a wrong schema, for an attribute of a wrong type, and for requests that are none.
  private func validation(_ message: String, _ table: String) -> FleetStoreError {
    let words = message.lowercased()
    if words.contains("key") {
      return FleetStoreError(
        .configuration,
        "The fleet's table \(table) has other keys; make one whose partition key is pk and whose sort key is sk, both strings.")
    }
    if words.contains("data type") || words.contains("operand") { return .corrupt("item") }
    return FleetStoreError(.response, "DynamoDB did not take a request for the fleet's table \(table): \(message.prefix(300))")
  }
}

extension FleetStoreError {
  static func noTable(_ table: String) -> FleetStoreError {
    FleetStoreError(
      .configuration,
      """
      There is no table \(table) in this account and Region; create it with a partition key pk and a sort key sk, both strings, \
      on-demand capacity, and ttl as its attribute for expiry.
      """)
  }
}
