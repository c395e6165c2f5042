import Bedquota

/// How soon somebody should look.
enum LiveUrgency: Int, Comparable {
  case calm, high, full

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The class of the style sheet.
  var style: String {
    switch self {
    case .calm: ""
    case .high: "high"
    case .full: "full"
    }
  }

  init(utilization: Double?) {
    switch utilization ?? 0 {
    case UtilizationLevel.full...: self = .full
    case UtilizationLevel.high...: self = .high
    default: self = .calm
    }
  }
}

extension LiveStatus.Pool {
  /// The fullest of its quotas, 0 to 1 and above 1 in debt; nil: unknown.
  var utilization: Double? { quotas.compactMap(\.utilization).filter(\.isFinite).max() }

  var urgency: LiveUrgency { (waiting ?? 0) > 0 ? .full : LiveUrgency(utilization: utilization) }

  /// Whether all that is known of it is 0, and something is.
  var isIdle: Bool {
    var known = [inFlight, waiting, throttlesLastHour].compactMap { $0.map(Double.init) }
    known += quotas.flatMap { [$0.used, $0.reserved].compactMap(\.self) }
    known += lastHour?.demand.compactMap(\.self) ?? []
    return !known.isEmpty && known.allSatisfy { $0 == 0 }
  }
}
