import BedrockQuotas

/// Why AWS would not take a request. Closed: these are the rules that AWS documents.
public enum IncreaseObstacle: Sendable, Equatable {
  /// Service Quotas says that the quota can't be adjusted.
  case notAdjustable
  /// The quota has an open request already; AWS takes one.
  case open(IncreaseRecord)
  /// As many requests are open as AWS allows.
  case tooManyOpen(count: Int, limit: Int, isRegional: Bool)
  /// The desired value is not above the one that the account has.
  case notAboveApplied(Double)
  /// The desired value is below AWS's default, which Bedrock refuses even if the account has less.
  case belowDefault(Double)
  /// The desired value is above what a request can hold.
  case aboveMaximum

  /// The name in JSON.
  public var name: String {
    switch self {
    case .notAdjustable: "not-adjustable"
    case .open: "already-open"
    case .tooManyOpen: "too-many-open"
    case .notAboveApplied: "not-above-applied"
    case .belowDefault: "below-default"
    case .aboveMaximum: "above-maximum"
    }
  }

  /// The obstacle, and the other way, in sentences.
  public var message: String {
    switch self {
    case .notAdjustable:
      "Service Quotas takes no request for this quota. Use the limit increase form of AWS Support instead: \(Self.supportForm) (the text of a case is what the plan prints as Markdown)."
    case .open(let record):
      "A request for it is open already\(Self.details(record)), and AWS takes one at a time. Wait for its answer, or write to its support case."
    case .tooManyOpen(let count, let limit, let isRegional):
      "\(count) requests are open \(isRegional ? "in this Region, and AWS takes \(limit) in a Region that must be enabled" : "here, and AWS takes \(limit) per account"). Wait for an answer to one of them."
    case .notAboveApplied(let value):
      "The desired value must be above the \(NumberText.value(value)) that the account has. Service Quotas only raises quotas."
    case .belowDefault(let value):
      "The desired value must not be below AWS's default of \(NumberText.value(value)), which the account doesn't have: ask for the default or more, or ask AWS Support why the account has less."
    case .aboveMaximum:
      "A request can hold at most \(NumberText.value(Self.valueMax)). Ask for less, or use the limit increase form of AWS Support: \(Self.supportForm)."
    }
  }

  /// The largest value of a request (API reference, RequestServiceQuotaIncrease).
  package static let valueMax = 10_000_000_000.0

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-increase.html.
  static let supportForm = "https://support.console.aws.amazon.com/support/home#/case/create?issueType=service-limit-increase"

  private static func details(_ record: IncreaseRecord) -> String {
    let parts = [
      record.id.map { "id \($0)" }, record.status, record.desiredValue.map { "for \(NumberText.value($0))" },
    ].compactMap { $0 }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }
}
