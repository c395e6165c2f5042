import AWSServer
import AWSWire
import Foundation

extension ServiceQuotasService {
  func requestIncrease(_ input: Input, now: Date) throws(AWSFault) -> ServerResponse {
    let quota = try knownQuota(input.QuotaCode)
    let desired = try desiredValue(input, of: quota)
    let request = QuotaIncreaseRequest(
      id: Self.newID(), serviceName: quota.serviceName ?? "Amazon Bedrock", quotaCode: quota.quotaCode,
      quotaName: quota.quotaName,
      desiredValue: desired,
      // AWS approves some of these immediately; others need a support case.
      status: input.SupportCaseAllowed == false ? .notApproved : .pending, created: QuotaIncreaseRequests.seconds(now),
      lastUpdated: QuotaIncreaseRequests.seconds(now), requester: requester, quotaARN: book.arn(of: quota),
      globalQuota: quota.globalQuota, unit: quota.unit)
    try increases.open(request, region: region, book: book)
    return try reply(request)
  }

  func increaseRequest(_ input: Input) throws(AWSFault) -> ServerResponse {
    guard let id = input.RequestId, !id.isEmpty else { throw Self.illegal("RequestId is required.") }
    guard let request = increases.request(id, region: region) else {
      throw AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified request does not exist.")
    }
    return try reply(request)
  }

  /// - Parameter code: nil for all quotas, whose history AWS keeps for 90 days. For one quota it documents no limit.
  func listRequests(_ input: Input, name: String, code: String? = nil, now: Date) throws(AWSFault) -> ServerResponse {
    if let status = input.Status, QuotaIncreaseRequest.Status(rawValue: status) == nil {
      let all = QuotaIncreaseRequest.Status.allCases.map(\.rawValue).joined(separator: ", ")
      throw Self.illegal("Status must be one of \(all).")
    }
    let level = try Self.level(input.QuotaRequestedAtLevel, member: "QuotaRequestedAtLevel")
    let listing = "\(name)/\(code ?? "")/\(input.Status ?? "")/\(level)"
    let (count, before) = try page(input, name: listing)
    let oldest = code == nil ? QuotaIncreaseRequests.seconds(now) - QuotaIncreaseRequests.historySeconds : -.infinity
    // All requests are at account level.
    let found =
      level == "RESOURCE"
      ? []
      : increases.history(region: region).filter { entry in
        entry.sequence < before ?? .max && entry.request.created >= oldest && (code == nil || entry.request.quotaCode == code)
          && (input.Status == nil || entry.request.status.rawValue == input.Status)
      }
    do {
      // The token has the last request shown rather than a count, so new requests don't shift the pages.
      let body = try EncodedList(found.map(\.request)).page("RequestedQuotas", from: 0, count: count, tokenMember: "NextToken") {
        tokens.make(listing: listing, offset: found[$0 - 1].sequence)
      }
      return .json(body, version: "1.1")
    } catch {
      throw Self.internalError
    }
  }

  private func desiredValue(_ input: Input, of quota: ServiceQuota) throws(AWSFault) -> Double {
    guard let desired = input.DesiredValue else { throw Self.illegal("DesiredValue is required.") }
    guard QuotaBook.valueRange.contains(desired) else { throw Self.illegal("DesiredValue must be between 0 and 10000000000.") }
    guard input.ContextId == nil else {
      throw Self.illegal("Quota \(quota.quotaCode) is applied at account level and takes no ContextId.")
    }
    // AWS doesn't document the code for such a quota; this one fits its description.
    guard quota.adjustable == true else { throw Self.illegal("Quota \(quota.quotaCode) is not adjustable.") }
    if let current = book.value(of: quota.quotaCode), desired <= current {
      throw Self.illegal("You must provide a quota value greater than the current quota value.")
    }
    // Observed with Bedrock: the value must not be below the default, even if the applied value is.
    if let standard = book.defaultQuota(quota.quotaCode)?.value, desired < standard {
      throw Self.illegal(
        "The desired value \(Self.spell(desired)) must not be less than the default value \(Self.spell(standard)).")
    }
    return desired
  }

  private func reply(_ request: QuotaIncreaseRequest) throws(AWSFault) -> ServerResponse {
    guard let item = try? EncodedList([request]).items.first else { throw Self.internalError }
    return .json(Data("{\"RequestedQuota\":".utf8) + item + Data("}".utf8), version: "1.1")
  }

  /// The caller, as a JSON text in the form of AWS's `Requester`.
  private var requester: String {
    let text = JSONValue.object([
      .init("accountId", .string(accountID)), .init("callerArn", .string("arn:aws:iam::\(accountID):user/emulator")),
    ])
    return String(decoding: text.data, as: UTF8.self)
  }

  /// 40 letters and digits, like AWS's ids.
  private static func newID() -> String {
    String((UUID().uuidString + UUID().uuidString).lowercased().filter { $0 != "-" }.prefix(40))
  }

  private static func spell(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

  private static var internalError: AWSFault {
    AWSFault(code: "ServiceException", message: "The reply can't be written.", status: 500)
  }
}
