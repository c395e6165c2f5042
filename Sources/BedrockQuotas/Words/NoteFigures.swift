/// Figures in notes and advice.
package enum NoteFigures {
  package static func percent(_ share: Double) -> String { "\(decimal(share * 100, digits: share < 0.1 ? 1 : 0)) %" }

  package static func whole(_ value: Double) -> String {
    let digits = Array(String(Int(min(max(value.rounded(), -1e18), 1e18))))
    return digits.indices.reduce(into: "") { text, index in
      if index > 0, (digits.count - index).isMultiple(of: 3), digits[index - 1] != "-" { text.append(",") }
      text.append(digits[index])
    }
  }

  package static func ratio(_ value: Double, _ other: Double) -> String {
    other > 0 ? " (\(decimal(value / other, digits: 2)) times as much)" : ""
  }

  package static func hours(_ seconds: Int) -> String {
    seconds % 3_600 == 0
      ? "\(seconds / 3_600) h" : seconds < 7_200 ? "\(seconds / 60) min" : "\(decimal(Double(seconds) / 3_600, digits: 1)) h"
  }

  package static func name(_ measure: QuotaMeasure) -> String {
    switch measure {
    case .rpm: "requests per minute"
    case .tpm: "tokens per minute"
    case .tpd: "tokens per day"
    default: measure.rawValue
    }
  }

  private static func decimal(_ value: Double, digits: Int) -> String {
    guard digits > 0, value.isFinite, abs(value) < 1e12 else { return whole(value) }
    let scale = digits == 1 ? 10 : 100
    let scaled = Int((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
