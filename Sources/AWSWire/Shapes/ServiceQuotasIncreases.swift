import Foundation

/// A request to increase a quota, as Service Quotas describes it. AWS may leave out any member.
package struct RequestedQuotaChange: Sendable, Decodable, Equatable {
  package var id: String?
  package var caseID: String?
  package var quotaCode: String?
  package var quotaName: String?
  package var desiredValue: Double?
  package var status: String?
  /// Seconds since 1970.
  package var created: Double?
  package var lastUpdated: Double?

  enum CodingKeys: String, CodingKey {
    case id = "Id"
    case caseID = "CaseId"
    case quotaCode = "QuotaCode"
    case quotaName = "QuotaName"
    case desiredValue = "DesiredValue"
    case status = "Status"
    case created = "Created"
    case lastUpdated = "LastUpdated"
  }
}

/// A page of ListRequestedServiceQuotaChangeHistory or …ByQuota. The list is required: a reply without it must fail rather than look
/// like an account without requests.
package struct RequestedQuotaChangePage: Sendable, Decodable {
  package var requests: [RequestedQuotaChange]
  package var nextToken: String?

  enum CodingKeys: String, CodingKey {
    case requests = "RequestedQuotas"
    case nextToken = "NextToken"
  }
}

extension ServiceQuotasAPI {
  /// Files a request: every call that AWS accepts is a request of its own, so it must not be repeated.
  package static func requestServiceQuotaIncrease(
    serviceCode: String, quotaCode: String, desiredValue: Double
  ) throws -> AWSOperation<RequestedQuotaChange> {
    let inner: AWSOperation<ChangeOutput> = try operation(
      "RequestServiceQuotaIncrease",
      IncreaseInput(ServiceCode: serviceCode, QuotaCode: quotaCode, DesiredValue: desiredValue), rate: getRate)
    return inner.reading { try inner.decode($0).RequestedQuota }
  }

  /// The requests of the last 90 days.
  package static func listRequestedServiceQuotaChangeHistory(
    serviceCode: String, nextToken: String?
  ) throws -> AWSOperation<RequestedQuotaChangePage> {
    try operation(
      "ListRequestedServiceQuotaChangeHistory",
      HistoryInput(ServiceCode: serviceCode, MaxResults: 100, NextToken: nextToken), rate: getRate)
  }

  /// The requests of one quota.
  package static func listRequestedServiceQuotaChangeHistoryByQuota(
    serviceCode: String, quotaCode: String, nextToken: String?
  ) throws -> AWSOperation<RequestedQuotaChangePage> {
    try operation(
      "ListRequestedServiceQuotaChangeHistoryByQuota",
      HistoryInput(ServiceCode: serviceCode, QuotaCode: quotaCode, MaxResults: 100, NextToken: nextToken), rate: getRate)
  }

  // Named as in AWS's JSON.
  private struct IncreaseInput: Encodable {
    var ServiceCode: String
    var QuotaCode: String
    var DesiredValue: Double
  }
  private struct HistoryInput: Encodable {
    var ServiceCode: String
    var QuotaCode: String?
    var MaxResults: Int
    var NextToken: String?
  }
  private struct ChangeOutput: Decodable { var RequestedQuota: RequestedQuotaChange }
}
