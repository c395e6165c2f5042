/// Numbers as people read them.
package enum Figures {
  /// `1,155`; `0.5`; `–` where the value is not known.
  package static func grouped(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    guard value == value.rounded(), abs(value) < 1e15 else { return "\(value)" }
    return grouped(Int(value))
  }

  package static func grouped(_ value: Int) -> String {
    let digits = String(abs(value))
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return value < 0 ? "-\(out)" : out
  }

  /// For machines: `6000000`, `0.5`, nothing where not known.
  package static func plain(_ value: Double?) -> String {
    guard let value else { return "" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
