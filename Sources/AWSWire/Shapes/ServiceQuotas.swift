import Foundation

/// A quota as Service Quotas describes it. Only the code is always there; AWS may leave out any other member.
package struct ServiceQuota: Codable, Sendable, Equatable {
  package struct UsageMetric: Codable, Sendable, Equatable {
    package var metricNamespace: String?
    package var metricName: String?
    package var metricDimensions: [String: String]?
    package var metricStatisticRecommendation: String?

    enum CodingKeys: String, CodingKey {
      case metricNamespace = "MetricNamespace"
      case metricName = "MetricName"
      case metricDimensions = "MetricDimensions"
      case metricStatisticRecommendation = "MetricStatisticRecommendation"
    }

    package init(
      metricNamespace: String?, metricName: String?, metricDimensions: [String: String]?, metricStatisticRecommendation: String?
    ) {
      self.metricNamespace = metricNamespace
      self.metricName = metricName
      self.metricDimensions = metricDimensions
      self.metricStatisticRecommendation = metricStatisticRecommendation
    }
  }

  package struct Period: Codable, Sendable, Equatable {
    package var periodValue: Int?
    package var periodUnit: String?

    enum CodingKeys: String, CodingKey {
      case periodValue = "PeriodValue"
      case periodUnit = "PeriodUnit"
    }
  }

  package struct ErrorReason: Codable, Sendable, Equatable {
    package var errorCode: String?
    package var errorMessage: String?

    enum CodingKeys: String, CodingKey {
      case errorCode = "ErrorCode"
      case errorMessage = "ErrorMessage"
    }
  }

  package struct Context: Codable, Sendable, Equatable {
    package var contextScope: String?
    package var contextScopeType: String?
    package var contextId: String?

    enum CodingKeys: String, CodingKey {
      case contextScope = "ContextScope"
      case contextScopeType = "ContextScopeType"
      case contextId = "ContextId"
    }
  }

  package var serviceCode: String?
  package var serviceName: String?
  package var quotaArn: String?
  package var quotaCode: String
  package var quotaName: String?
  package var value: Double?
  package var unit: String?
  package var adjustable: Bool?
  package var globalQuota: Bool?
  package var usageMetric: UsageMetric?
  package var period: Period?
  package var errorReason: ErrorReason?
  package var quotaAppliedAtLevel: String?
  package var quotaContext: Context?
  package var description: String?

  enum CodingKeys: String, CodingKey {
    case serviceCode = "ServiceCode"
    case serviceName = "ServiceName"
    case quotaArn = "QuotaArn"
    case quotaCode = "QuotaCode"
    case quotaName = "QuotaName"
    case value = "Value"
    case unit = "Unit"
    case adjustable = "Adjustable"
    case globalQuota = "GlobalQuota"
    case usageMetric = "UsageMetric"
    case period = "Period"
    case errorReason = "ErrorReason"
    case quotaAppliedAtLevel = "QuotaAppliedAtLevel"
    case quotaContext = "QuotaContext"
    case description = "Description"
  }

  package init(quotaCode: String) { self.quotaCode = quotaCode }
}

/// A page of ListServiceQuotas or ListAWSDefaultServiceQuotas. `Item` is ``ServiceQuota`` or has only some of its members.
package struct QuotaPage<Item: Sendable>: Sendable {
  package var quotas: [Item]
  package var nextToken: String?

  enum CodingKeys: String, CodingKey {
    case quotas = "Quotas"
    case nextToken = "NextToken"
  }

  package init(quotas: [Item], nextToken: String? = nil) {
    self.quotas = quotas
    self.nextToken = nextToken
  }
}

// The list is required: a reply without it must fail rather than look like an account without quotas.
extension QuotaPage: Decodable where Item: Decodable {}
extension QuotaPage: Encodable where Item: Encodable {}

package typealias ServiceQuotaPage = QuotaPage<ServiceQuota>

/// Service Quotas' operations, awsJson1_1.
///
/// Rates: docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html, per account and Region, not adjustable.
package enum ServiceQuotasAPI {
  package static let wire = WireProtocol.json(version: "1.1", target: "ServiceQuotasV20190624")
  static let listRate = RequestRate(perSecond: 10, burst: 20)
  static let getRate = RequestRate(perSecond: 5, burst: 10)

  package static func listServiceQuotas(
    serviceCode: String, maxResults: Int? = 100, nextToken: String?
  ) throws -> AWSOperation<ServiceQuotaPage> {
    let input = ListInput(ServiceCode: serviceCode, MaxResults: maxResults, NextToken: nextToken)
    return try operation("ListServiceQuotas", input, rate: listRate)
  }

  package static func listAWSDefaultServiceQuotas(
    serviceCode: String, maxResults: Int? = 100, nextToken: String?
  ) throws -> AWSOperation<ServiceQuotaPage> {
    let input = ListInput(ServiceCode: serviceCode, MaxResults: maxResults, NextToken: nextToken)
    return try operation("ListAWSDefaultServiceQuotas", input, rate: listRate)
  }

  package static func getServiceQuota(serviceCode: String, quotaCode: String) throws -> AWSOperation<ServiceQuota> {
    let inner: AWSOperation<GetOutput> = try operation(
      "GetServiceQuota", GetInput(ServiceCode: serviceCode, QuotaCode: quotaCode), rate: getRate)
    return inner.reading { try inner.decode($0).Quota }
  }

  // Named as in AWS's JSON.
  private struct ListInput: Encodable {
    var ServiceCode: String
    var MaxResults: Int?
    var NextToken: String?
  }
  private struct GetInput: Encodable {
    var ServiceCode: String
    var QuotaCode: String
  }
  private struct GetOutput: Decodable { var Quota: ServiceQuota }

  static func operation<Output: Decodable & Sendable>(
    _ name: String, _ input: some Encodable, rate: RequestRate
  ) throws -> AWSOperation<Output> {
    AWSOperation(
      service: .serviceQuotas, name: name, wire: wire,
      request: wire.post(operation: name, json: try JSONEncoder().encode(input)), rate: rate,
      decode: { try JSONDecoder().decode(Output.self, from: $0) })
  }
}
