import AWSClient
import Foundation

/// Service Quotas for the one service code `bedrock`, awsJson1_1.
struct ServiceQuotasService: Sendable {
  private let applied: EncodedList
  private let defaults: EncodedList
  private let appliedByCode: [String: Data]
  private let tokens: PageToken

  init(_ account: EmulatedAccount, tokens: PageToken) throws {
    applied = try EncodedList(account.applied)
    defaults = try EncodedList(account.defaults)
    appliedByCode = Dictionary(zip(account.applied.map(\.quotaCode), applied.items)) { first, _ in first }
    self.tokens = tokens
  }

  private struct Input: Decodable {
    var ServiceCode: String?
    var QuotaCode: String?
    var MaxResults: Int?
    var NextToken: String?
    var QuotaAppliedAtLevel: String?
  }

  func respond(to request: EmulatedRequest) throws(AWSFault) -> EmulatedResponse {
    let operation = request.header("x-amz-target")?.split(separator: ".").last.map(String.init) ?? ""
    let known: Set<String> = ["ListServiceQuotas", "ListAWSDefaultServiceQuotas", "GetServiceQuota"]
    guard request.method == "POST", known.contains(operation) else {
      throw AWSFault(
        code: "UnknownOperationException",
        message: "This emulator does not serve \(operation.isEmpty ? "this request" : operation).", isModelled: false)
    }
    guard let input = try? JSONDecoder().decode(Input.self, from: request.body) else {
      throw AWSFault(
        code: "SerializationException", message: "The request body is not valid JSON for \(operation).", isModelled: false)
    }
    guard let service = input.ServiceCode, !service.isEmpty else {
      throw AWSFault(code: "IllegalArgumentException", message: "ServiceCode is required.")
    }
    guard service == "bedrock" else {
      throw AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified service does not exist.")
    }
    switch operation {
    case "GetServiceQuota": return try quota(input.QuotaCode)
    case "ListServiceQuotas":
      if let level = input.QuotaAppliedAtLevel, !["ACCOUNT", "RESOURCE", "ALL"].contains(level) {
        throw AWSFault(code: "IllegalArgumentException", message: "QuotaAppliedAtLevel must be ACCOUNT, RESOURCE or ALL.")
      }
      if let code = input.QuotaCode {
        return try list(EncodedList(encoded: appliedByCode[code].map { [$0] } ?? []), input, name: "\(operation)/\(code)")
      }
      return try list(input.QuotaAppliedAtLevel == "RESOURCE" ? EncodedList(encoded: []) : applied, input, name: operation)
    default: return try list(defaults, input, name: operation)
    }
  }

  private func quota(_ code: String?) throws(AWSFault) -> EmulatedResponse {
    guard let code, !code.isEmpty else { throw AWSFault(code: "IllegalArgumentException", message: "QuotaCode is required.") }
    // AWS answers the same for a code that exists by default only.
    guard let item = appliedByCode[code] else {
      throw AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified quota does not exist.")
    }
    return .json(Data("{\"Quota\":".utf8) + item + Data("}".utf8), version: "1.1")
  }

  private func list(_ list: EncodedList, _ input: Input, name: String) throws(AWSFault) -> EmulatedResponse {
    let count = input.MaxResults ?? 100
    guard (1...100).contains(count) else {
      throw AWSFault(code: "IllegalArgumentException", message: "MaxResults must be between 1 and 100.")
    }
    var offset = 0
    if let token = input.NextToken {
      guard let found = tokens.read(token, listing: name) else {
        throw AWSFault(code: "InvalidPaginationTokenException", message: "The pagination token is not valid.")
      }
      offset = found
    }
    let body = list.page("Quotas", from: offset, count: count, tokenMember: "NextToken") {
      tokens.make(listing: name, offset: $0)
    }
    return .json(body, version: "1.1")
  }
}
