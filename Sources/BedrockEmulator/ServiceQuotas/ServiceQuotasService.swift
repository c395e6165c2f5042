package import AWSServer
import AWSWire
package import Foundation

/// Service Quotas in one Region for the service code `bedrock`, in awsJson1_1.
package struct ServiceQuotasService: Sendable {
  let book: QuotaBook
  let increases: QuotaIncreaseRequests
  let tokens: PageToken
  let accountID: String
  let region: String

  package init(_ book: QuotaBook, increases: QuotaIncreaseRequests, tokens: PageToken, accountID: String, region: String) {
    self.book = book
    self.increases = increases
    self.tokens = tokens
    self.accountID = accountID
    self.region = region
  }

  private enum Operation: String {
    case listServiceQuotas = "ListServiceQuotas"
    case listDefaults = "ListAWSDefaultServiceQuotas"
    case getServiceQuota = "GetServiceQuota"
    case getDefault = "GetAWSDefaultServiceQuota"
    case requestIncrease = "RequestServiceQuotaIncrease"
    case getRequest = "GetRequestedServiceQuotaChange"
    case listRequests = "ListRequestedServiceQuotaChangeHistory"
    case listRequestsByQuota = "ListRequestedServiceQuotaChangeHistoryByQuota"
  }

  /// The inputs of all operations together.
  struct Input: Decodable {
    var ServiceCode: String?
    var QuotaCode: String?
    var MaxResults: Int?
    var NextToken: String?
    var QuotaAppliedAtLevel: String?
    var QuotaRequestedAtLevel: String?
    var Status: String?
    var RequestId: String?
    var DesiredValue: Double?
    var ContextId: String?
    var SupportCaseAllowed: Bool?
  }

  package func respond(to request: ServerRequest, now: Date) throws(AWSFault) -> ServerResponse {
    let name = request.header("x-amz-target")?.split(separator: ".").last.map(String.init) ?? ""
    guard request.method == "POST", let operation = Operation(rawValue: name) else {
      throw AWSFault(
        code: "UnknownOperationException",
        message: "This emulator does not serve \(name.isEmpty ? "this request" : String(name.prefix(100))).", isModelled: false)
    }
    guard let input = try? JSONDecoder().decode(Input.self, from: request.body) else {
      throw AWSFault(
        code: "SerializationException", message: "The request body is not valid JSON for \(name).", isModelled: false)
    }
    switch operation {
    case .getRequest: return try increaseRequest(input)
    case .listRequests:
      // The only listing in which the service is optional.
      if input.ServiceCode != nil { try checkService(input) }
      return try listRequests(input, name: name, now: now)
    default: try checkService(input)
    }
    switch operation {
    case .listServiceQuotas: return try listApplied(input, name: name)
    case .listDefaults: return try list(book.defaultList, input, name: name)
    case .getServiceQuota: return try quota(input.QuotaCode, book.appliedItem)
    case .getDefault: return try quota(input.QuotaCode, book.defaultItem)
    case .requestIncrease: return try requestIncrease(input, now: now)
    default:
      let code = try knownQuota(input.QuotaCode).quotaCode
      return try listRequests(input, name: name, code: code, now: now)
    }
  }

  private func checkService(_ input: Input) throws(AWSFault) {
    guard let service = input.ServiceCode, !service.isEmpty else { throw Self.illegal("ServiceCode is required.") }
    guard service == "bedrock" else {
      throw AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified service does not exist.")
    }
  }

  private func listApplied(_ input: Input, name: String) throws(AWSFault) -> ServerResponse {
    let level = try Self.level(input.QuotaAppliedAtLevel, member: "QuotaAppliedAtLevel")
    if let code = input.QuotaCode {
      return try list(EncodedList(encoded: book.appliedItem(code).map { [$0] } ?? []), input, name: "\(name)/\(code)")
    }
    return try list(level == "RESOURCE" ? EncodedList(encoded: []) : book.appliedList, input, name: name)
  }

  private func quota(_ code: String?, _ find: (String) -> Data?) throws(AWSFault) -> ServerResponse {
    guard let code, !code.isEmpty else { throw Self.illegal("QuotaCode is required.") }
    // GetServiceQuota returns this even for a quota that has a default value only.
    guard let item = find(code) else { throw Self.noSuchQuota }
    return .json(Data("{\"Quota\":".utf8) + item + Data("}".utf8), version: "1.1")
  }

  private func list(_ list: EncodedList, _ input: Input, name: String) throws(AWSFault) -> ServerResponse {
    let (count, offset) = try page(input, name: name)
    let body = list.page("Quotas", from: offset ?? 0, count: count, tokenMember: "NextToken") {
      tokens.make(listing: name, offset: $0)
    }
    return .json(body, version: "1.1")
  }

  /// The size of the page, and the number in its token.
  func page(_ input: Input, name: String) throws(AWSFault) -> (count: Int, offset: Int?) {
    let count = input.MaxResults ?? 100
    guard (1...100).contains(count) else { throw Self.illegal("MaxResults must be between 1 and 100.") }
    guard let token = input.NextToken else { return (count, nil) }
    guard let offset = tokens.read(token, listing: name) else {
      throw AWSFault(code: "InvalidPaginationTokenException", message: "The pagination token is not valid.")
    }
    return (count, offset)
  }

  func knownQuota(_ code: String?) throws(AWSFault) -> ServiceQuota {
    guard let code, !code.isEmpty else { throw Self.illegal("QuotaCode is required.") }
    guard let quota = book.quota(code) else { throw Self.noSuchQuota }
    return quota
  }

  /// Checks a level; AWS's default is `ACCOUNT`.
  static func level(_ level: String?, member: String) throws(AWSFault) -> String {
    let level = level ?? "ACCOUNT"
    guard ["ACCOUNT", "RESOURCE", "ALL"].contains(level) else { throw illegal("\(member) must be ACCOUNT, RESOURCE or ALL.") }
    return level
  }

  static var noSuchQuota: AWSFault {
    AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified quota does not exist.")
  }

  static func illegal(_ message: String) -> AWSFault { AWSFault(code: "IllegalArgumentException", message: message) }
}
