import AWSWire
import BedrockQuotas
public import Foundation

/// A request to increase a quota that was filed, as Service Quotas tells it.
public struct IncreaseRecord: Sendable, Equatable {
  /// nil if AWS leaves it out; so may it any other member.
  public var id: String?
  /// The support case, for requests that AWS's staff decides.
  public var caseID: String?
  public var quotaCode: String?
  public var quotaName: String?
  public var desiredValue: Double?
  /// AWS's name of the state: `PENDING`, `CASE_OPENED`, `APPROVED`, `DENIED`, `CASE_CLOSED`, `NOT_APPROVED` or `INVALID_REQUEST`.
  public var status: String?
  public var created: Date? { createdSeconds.map { Date(timeIntervalSince1970: $0) } }
  public var lastUpdated: Date? { updatedSeconds.map { Date(timeIntervalSince1970: $0) } }
  package var createdSeconds: Double?
  package var updatedSeconds: Double?

  package init(code: String, status: String, desiredValue: Double? = nil) {
    (quotaCode, self.status, self.desiredValue) = (code, status, desiredValue)
  }

  init(_ change: RequestedQuotaChange) {
    (id, caseID, quotaCode, quotaName) = (change.id, change.caseID, change.quotaCode, change.quotaName)
    (desiredValue, status) = (change.desiredValue, change.status)
    // Dates outside of these can't be shown.
    func seconds(_ value: Double?) -> Double? { value.flatMap { (0...32_503_680_000).contains($0) ? $0 : nil } }
    (createdSeconds, updatedSeconds) = (seconds(change.created), seconds(change.lastUpdated))
  }

  /// Whether the request waits for a decision. AWS takes one such request per quota.
  public var isOpen: Bool { status == "PENDING" || status == "CASE_OPENED" }

  /// What became of the request, in a sentence without its full stop.
  /// - Parameter current: the value that the account has now; nil if unknown.
  public func outcome(current: Double?) -> String {
    let now = current.map { "the applied value is \(NumberText.value($0))" }
    func adding(_ words: String) -> String { [words, now].compactMap { $0 }.joined(separator: "; ") }
    switch status {
    case "APPROVED":
      guard let desiredValue, let current else { return "approved" }
      return current >= desiredValue ? "approved, and in force" : adding("approved, but not in force yet")
    case "PENDING": return "open: AWS has not decided yet"
    case "CASE_OPENED": return "open: AWS decides it in a support case\(caseID.map { " (\($0))" } ?? "")"
    case "DENIED", "NOT_APPROVED": return adding("not granted")
    case "CASE_CLOSED": return adding("its support case is closed")
    case "INVALID_REQUEST": return adding("AWS calls it invalid")
    default: return adding(status ?? "AWS gives no state")
    }
  }
}
