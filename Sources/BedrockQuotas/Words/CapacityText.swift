/// Numbers in sentences: short where nothing is lost that matters.
enum CapacityText {
  /// `1,000`; `67k`; `67.4k`; `2M`; `0.12`.
  static func compact(_ value: Double) -> String {
    for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= unit && value >= 10_000 {
      return decimal(value / unit) + suffix
    }
    return decimal(value)
  }

  /// `571`, `33.3`, `0.12`: three digits, or all before the point.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, value < 1e15 else { return "\(value)" }
    let scale = value >= 100 ? 1.0 : value >= 1 ? 10.0 : 100.0
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? grouped(Int(rounded)) : "\(rounded)"
  }

  static func grouped(_ value: Int) -> String {
    var digits = Array(String(value))
    for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
    return String(digits)
  }

  /// `32 %`, `0.4 %`.
  static func percent(_ share: Double) -> String {
    let percent = share * 100
    return "\(percent >= 1 ? decimal(percent.rounded()) : decimal(percent)) %"
  }

  /// At least twice what a reply needs, as a number that people would write: 1, 2 or 5 and zeros.
  static func roomy(_ tokens: Int) -> Int {
    var step = 1
    while true {
      for factor in [1, 2, 5] where factor * step >= 2 * tokens { return factor * step }
      step *= 10
    }
  }
}
