/// Numbers for people, without Foundation, which would triple the time to build this.
package enum Format {
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    return share != 0 && abs(share) < 0.01 ? "\(fixed(share * 100, 3)) %" : "\(fixed(share * 100, 1)) %"
  }

  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "–" }
    let power = (0..<digits).reduce(1) { power, _ in power * 10 }
    let scaled = Int64((abs(value) * Double(power)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let rest = String(scaled % Int64(power))
    return "\(sign)\(scaled / Int64(power))." + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// Columns as wide as their widest cell; numbers to the right.
  package static func table(_ rows: [[String]], toTheRight: Set<Int> = []) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return toTheRight.contains(column) ? space + cell : cell + space
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
