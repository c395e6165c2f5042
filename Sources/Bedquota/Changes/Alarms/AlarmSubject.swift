public import BedrockQuotas

/// What an alarm watches. Closed.
public enum AlarmSubject: Sendable, Hashable {
  /// The use of a quota: requests per minute, tokens per minute, or tokens per day.
  case quota(QuotaMeasure)
  /// Throttled requests, whichever quota throttled them.
  case throttles

  /// `rpm`, `tpm`, `tpd` or `throttles`: the last part of an alarm's name.
  public var name: String {
    switch self {
    case .quota(let measure): measure.rawValue
    case .throttles: "throttles"
    }
  }
}

/// The names of our alarms: `bedquota/anthropic.claude-opus-4-7/cross-region/tpm`.
///
/// They are made of the model and the scope, which share quotas, rather than of the id that was asked for: `us.` and `eu.` profiles of
/// a model, and application profiles copied from them, have one set of alarms together.
enum AlarmName {
  static let prefix = "bedquota/"
  /// The end of each description. An alarm without it is somebody else's, whatever its name.
  static let marker = "Made by Bedquota."
  /// The longest name that CloudWatch takes (API reference, PutMetricAlarm).
  static let lengthMax = 255

  /// What the names of all alarms of a pool begin with.
  static func prefix(of resolution: Resolution) -> String {
    "\(prefix)\(resolution.modelID.map { "\($0)/\(resolution.scope.rawValue)" } ?? resolution.id)/"
  }
}
