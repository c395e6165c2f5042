import AWSWire

/// An increase request as Service Quotas describes it.
struct QuotaIncreaseRequest: Sendable, Encodable {
  /// The states of AWS's API model.
  enum Status: String, Sendable, Encodable, CaseIterable {
    case pending = "PENDING"
    case caseOpened = "CASE_OPENED"
    case approved = "APPROVED"
    case denied = "DENIED"
    case caseClosed = "CASE_CLOSED"
    case notApproved = "NOT_APPROVED"
    case invalidRequest = "INVALID_REQUEST"

    /// Open requests count against the limits; other states are final.
    var isOpen: Bool { self == .pending || self == .caseOpened }
  }

  var id: String
  /// The support case of a request that AWS's staff decides.
  var caseID: String?
  var serviceName: String?
  var quotaCode: String
  var quotaName: String?
  var desiredValue: Double
  var status: Status
  /// Seconds since 1970.
  var created: Double
  var lastUpdated: Double
  /// JSON in a string, as in AWS's reply.
  var requester: String
  var quotaARN: String
  var globalQuota: Bool?
  var unit: String?
  var serviceCode = "bedrock"
  var quotaRequestedAtLevel = "ACCOUNT"

  enum CodingKeys: String, CodingKey {
    case id = "Id"
    case caseID = "CaseId"
    case serviceCode = "ServiceCode"
    case serviceName = "ServiceName"
    case quotaCode = "QuotaCode"
    case quotaName = "QuotaName"
    case desiredValue = "DesiredValue"
    case status = "Status"
    case created = "Created"
    case lastUpdated = "LastUpdated"
    case requester = "Requester"
    case quotaARN = "QuotaArn"
    case globalQuota = "GlobalQuota"
    case unit = "Unit"
    case quotaRequestedAtLevel = "QuotaRequestedAtLevel"
  }
}

extension QuotaIncreaseRequest {
  /// - Parameter now: seconds since 1970.
  mutating func change(to status: Status, at now: Double) {
    self.status = status
    lastUpdated = now
    if status == .caseOpened || status == .caseClosed { caseID = caseID ?? "case-\(id.prefix(12))-emulated" }
  }
}
