import BedrockQuotas

/// What stands in a column of a row.
enum LiveCell {
  case text(String, Style? = nil)
  case bar(LiveFill)
  /// The demand of the last hour, minute by minute.
  case curve([Double?])
  /// What nobody knows.
  case unknown
  /// What there is nothing to say of.
  case empty

  /// A count; 0 is dim, so that the others are seen.
  /// - Parameter style: of a count above 0.
  static func count(_ value: Int?, _ style: Style? = nil) -> LiveCell {
    guard let value else { return .unknown }
    return .text(amount(Double(value)), value == 0 ? .dim : style)
  }

  static func amount(_ value: Double?, _ style: Style? = nil) -> LiveCell {
    guard let value, value.isFinite else { return .unknown }
    return .text(amount(value), style)
  }

  /// `32 %`; only what is full is 100 %, and only nothing is 0 %.
  static func percent(_ share: Double?) -> LiveCell {
    guard let share, share.isFinite else { return .unknown }
    let percent = max(share, 0) * 100
    let text =
      switch percent {
      case 0: "0"
      case ..<1: "<1"
      case 99..<100: "99"
      default: NumberText.grouped(Int(saturating: min(percent, 99_999).rounded()))
      }
    let style = Style(utilization: share)
    return .text("\(text) %", style == .success ? nil : style)
  }

  /// `0.4 s`, `12 s`, `3 min`, `2.5 h`
  static func seconds(_ value: Double?) -> LiveCell {
    guard let value, value.isFinite else { return .unknown }
    return .text(duration(value))
  }

  static func duration(_ seconds: Double) -> String {
    let seconds = max(seconds, 0)
    switch seconds {
    case ..<9.95: return "\(NumberText.significant((seconds * 10).rounded() / 10)) s"
    case ..<119.5: return "\(Int(saturating: seconds.rounded())) s"
    case ..<7_170: return "\(Int(saturating: (seconds / 60).rounded())) min"
    case ..<172_000: return "\(Int(saturating: (seconds / 3_600).rounded())) h"
    default: return "\(NumberText.grouped(Int(saturating: min(seconds / 86_400, 99_999).rounded()))) d"
    }
  }

  /// Short, because a column has little room: `1,155`, `67.4k`, `-20k`.
  private static func amount(_ value: Double) -> String {
    value < 0 ? "-\(NumberText.compact(-value))" : NumberText.compact(value)
  }

  var isKnown: Bool { if case .unknown = self { false } else { true } }
}
