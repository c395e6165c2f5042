import AWSClient
import AWSWire
public import BedrockQuotas
import Foundation

/// Plans requests to increase quotas, sends them, and tells what became of them.
///
/// Planning changes nothing. ``request(_:)`` sends once and never again by itself.
///
/// Needs the IAM action `servicequotas:ListRequestedServiceQuotaChangeHistory`, for one quota's history
/// `servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota`, and to send `servicequotas:RequestServiceQuotaIncrease`.
public struct IncreaseManager: Sendable {
  let session: BedquotaSession

  /// What to ask for, and why. Without the permission to list requests, the plan says that it can't know of open ones.
  /// - Parameters:
  ///   - report: the use of the id whose quota it is; see ``QuotaMonitor``.
  ///   - wish: the value, or how to find it.
  ///   - measure: nil: the quota that throttled, else tokens per minute, else requests per minute.
  ///   - facts: the dated data that rules need.
  /// - Throws: ``BedquotaError`` (`quota-unknown`); `AWSClientError`.
  public func plan(
    for report: UsageReport, _ wish: IncreaseWish = .proposed, measure: QuotaMeasure? = nil, facts: Facts = .builtIn
  ) async throws -> IncreasePlan {
    var records: [IncreaseRecord] = []
    var denial: String?
    do { records = try await history() } catch let error as AWSClientError where error.isDenied {
      denial = "Requests that are open already are not known. \(error.message)"
    }
    var plan = try IncreaseDesign(report, history: records, region: session.region, facts: facts).plan(wish, measure: measure)
    if let denial { plan.notes.append(denial) }
    return plan
  }

  /// Sends a planned request, once: no failure is retried, because AWS may have received what failed.
  /// - Returns: the request as AWS filed it.
  /// - Throws: ``BedquotaError`` (`increase`) for a plan that AWS would not take, without sending it; `AWSClientError`.
  public func request(_ plan: IncreasePlan) async throws -> IncreaseRecord {
    if let obstacle = plan.obstacles.first { throw BedquotaError(.increase, obstacle.message) }
    guard let value = plan.desiredValue else {
      throw BedquotaError(.increase, plan.reasons.joined(separator: " "), parameters: ["value", "factor"])
    }
    let operation = try ServiceQuotasAPI.requestServiceQuotaIncrease(
      serviceCode: "bedrock", quotaCode: plan.quota.code, desiredValue: value)
    do {
      let reply = try await session.client.callOnce(operation)
      do {
        return IncreaseRecord(try operation.decode(reply.body))
      } catch {
        throw AWSClientError(
          .response, "RequestServiceQuotaIncrease was answered with a body that is not its reply.", operation: operation.name,
          underlying: error)
      }
    } catch let error as AWSClientError {
      throw IncreaseRefusal.explained(error, quota: plan.quota)
    }
  }

  /// The requests of the last 90 days in the Region, the newest first.
  public func history() async throws -> [IncreaseRecord] {
    try await records("ListRequestedServiceQuotaChangeHistory") { token in
      try ServiceQuotasAPI.listRequestedServiceQuotaChangeHistory(serviceCode: "bedrock", nextToken: token)
    }
  }

  /// The requests of one quota in the Region, the newest first.
  public func history(of quotaCode: String) async throws -> [IncreaseRecord] {
    try await records("ListRequestedServiceQuotaChangeHistoryByQuota") { token in
      try ServiceQuotasAPI.listRequestedServiceQuotaChangeHistoryByQuota(
        serviceCode: "bedrock", quotaCode: quotaCode, nextToken: token)
    }
  }

  private func records(
    _ name: String, _ operation: @escaping @Sendable (String?) throws -> AWSOperation<RequestedQuotaChangePage>
  ) async throws -> [IncreaseRecord] {
    let client = session.client
    let paginator = Paginator<RequestedQuotaChangePage>(
      operation: name, token: { $0.nextToken }, fetch: { try await client.call(operation($0)) })
    let records = try await paginator.all().flatMap(\.requests).map { IncreaseRecord($0) }
    return records.sorted { $0.createdSeconds ?? 0 > $1.createdSeconds ?? 0 }
  }
}

extension BedquotaSession {
  /// Plans requests to increase quotas, sends them, and tells what became of them.
  public var increases: IncreaseManager { IncreaseManager(session: self) }
}
