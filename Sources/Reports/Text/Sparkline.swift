import BedrockQuotas

/// A series as a row of small bars, `▁▃▇▂`.
enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// - Parameters:
  ///   - values: NaN for an unknown value, which is shown as a blank.
  ///   - width: columns at most; a column that stands for several values shows the highest.
  static func draw(_ values: [Double], width: Int = 48) -> String {
    let width = min(width, values.count)
    guard width > 0 else { return "" }
    let columns = (0..<width).map { column in
      values[(column * values.count / width)..<((column + 1) * values.count / width)].lazy.filter { !$0.isNaN }.max()
    }
    let top = columns.lazy.compactMap { $0 }.max() ?? 0
    return String(
      columns.map { value -> Character in
        guard let value else { return " " }
        return top > 0 ? blocks[min(7, max(0, Int(saturating: (value / top * 7).rounded(.up))))] : blocks[0]
      })
  }
}
