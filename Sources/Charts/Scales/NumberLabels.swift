/// Writes the numbers of one axis, all in the same unit and with enough decimals to distinguish them.
///
/// | step | largest | labels |
/// |---|---|---|
/// | 300 | 1,200 | `300`, `1,200` |
/// | 2,500 | 10,000 | `2.5k`, `10k` |
/// | 500,000 | 1,500,000 | `0.5M`, `1.5M` |
/// | 0.002 | 0.004 | `0.002`, `0.004` |
/// | 2e-7 | 1e-6 | `2e-7`, `1e-6` |
package struct NumberLabels: Sendable {
  private var divisor = 1.0
  private var suffix = ""
  private var decimals: Int
  private var isScientific = false

  /// - Parameters:
  ///   - step: the distance of two labels, above 0.
  ///   - largest: the largest absolute value to write.
  package init(step: Double, largest: Double) {
    if largest >= 1e15 || largest < 1e-3 {
      isScientific = true
      let shift = PowerOfTen.exponent(of: max(largest, step)) - PowerOfTen.exponent(of: step)
      decimals = min(shift + Self.decimals(of: step / PowerOfTen.value(PowerOfTen.exponent(of: step))), 12)
      return
    }
    decimals = Self.decimals(of: step)
    for (unit, name, first) in [(1e12, "T", 1e12), (1e9, "B", 1e9), (1e6, "M", 1e6), (1e3, "k", 1e4)]
    where largest >= first && Self.decimals(of: step / unit) <= 2 {
      divisor = unit
      suffix = name
      decimals = Self.decimals(of: step / unit)
      break
    }
  }

  package func label(_ value: Double) -> String {
    if value == 0 { return "0" }
    if isScientific {
      // The exponent after rounding: 9.9996 may become 10.
      var exponent = PowerOfTen.exponent(of: value.magnitude)
      let scale = PowerOfTen.value(decimals)
      var scaled = (value.magnitude / PowerOfTen.value(exponent) * scale).rounded()
      if scaled >= 10 * scale {
        scaled /= 10
        exponent += 1
      }
      return (value < 0 ? "-" : "") + Self.decimal(scaled, decimals, isGrouped: false) + "e\(exponent)"
    }
    let scaled = (value.magnitude / divisor * PowerOfTen.value(decimals)).rounded()
    return (value < 0 && scaled > 0 ? "-" : "") + Self.decimal(scaled, decimals, isGrouped: true) + suffix
  }

  /// The number of decimals of `number`, at most 12.
  private static func decimals(of number: Double) -> Int {
    for count in 0..<12 {
      let scaled = number * PowerOfTen.value(count)
      if scaled >= 0.5, (scaled - scaled.rounded()).magnitude <= scaled * 1e-9 { return count }
    }
    return 12
  }

  /// `scaled / 10^decimals` without trailing zeros.
  private static func decimal(_ scaled: Double, _ decimals: Int, isGrouped: Bool) -> String {
    guard scaled < 9e18 else { return "\(scaled / PowerOfTen.value(decimals))" }
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    var whole = String(Int(scaled) / unit)
    if isGrouped, whole.utf8.count > 3 {
      let digits = Array(whole)
      whole = digits.indices.reduce(into: "") { text, index in
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digits[index])
      }
    }
    var fraction = String(String(unit + Int(scaled) % unit).dropFirst())
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? whole : whole + "." + fraction
  }
}
