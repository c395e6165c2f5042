import BedrockQuotas

/// The requests of the last hour, minute by minute: demand above the line, throttles below it in the same scale.
struct HourChart {
  var history: LiveStatus.History

  private static let height = 20

  /// The figure with its caption.
  var figure: LiveMarkup {
    let demand = history.demand.map { Self.known($0) }
    let throttles = history.throttles.map { Self.known($0) }
    let (most, mostThrottled) = (demand.compactMap(\.self).max(), throttles.compactMap(\.self).max())
    let unit = Double(Self.height) / max((most ?? 0) + (mostThrottled ?? 0), 1)
    let isThrottled = (mostThrottled ?? 0) > 0
    let base = isThrottled ? min(max(Int(((most ?? 0) * unit).rounded()), 1), Self.height - 1) : Self.height
    let line = Self.outline(demand.map { $0 == nil ? 0 : 1 }, base: base, sign: 0)
    let bars = Self.outline(Self.heights(demand, unit), base: base, sign: -1)
    // They are few, so a stroke for each is shorter than an outline.
    let drops = Self.heights(throttles, unit).enumerated().filter { $0.element > 0 }.map { "M\($0.offset) \(base)v\($0.element)" }
    let hasLine = demand.contains(0)
    return """
      <figure><svg aria-hidden=true viewBox="0 0 \(max(demand.count, throttles.count, 1)) \(Self.height)" preserveAspectRatio=none>\
      \(hasLine ? "<path class=b d=\"\(line)\"/>" : "" as LiveMarkup)<path class=u d="\(bars)"/>\
      \(isThrottled ? "<path class=t d=\"\(drops.joined())\"/>" : "" as LiveMarkup)\
      </svg><figcaption>\(words(demand, most))</figcaption></figure>
      """
  }

  private func words(_ demand: [Double?], _ most: Double?) -> LiveMarkup {
    guard let most else { return "Requests in the last hour: unknown" }
    let sum = demand.reduce(0) { $0 + ($1 ?? 0) }
    let isWhole = !demand.contains(nil)
    return """
      \(isWhole ? "" : "at least " as LiveMarkup)<b>\(Figures.grouped(sum.rounded()))</b> request\(sum.rounded() == 1 ? "" : "s" as LiveMarkup) in the last hour, \
      at most <b>\(Figures.grouped(most.rounded()))</b> a minute
      """
  }

  private static func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? max($0, 0) : nil } }

  /// In whole units of the drawing. What is not 0 is seen.
  private static func heights(_ values: [Double?], _ unit: Double) -> [Int] {
    values.map { value in
      guard let value, value > 0 else { return 0 }
      return max(Int(saturating: (value * unit).rounded()), 1)
    }
  }

  /// The outline of bars side by side. Columns of 0 are left out.
  /// - Parameter sign: -1: they stand on the base; 1: they hang from it; 0: the base itself.
  static func outline(_ heights: [Int], base: Int, sign: Int) -> String {
    var (path, column) = ("", 0)
    var isOpen = false
    while column < heights.count {
      let height = heights[column]
      let run = heights[column...].prefix { $0 == height }.count
      if height == 0 {
        if isOpen, sign != 0 { path += "V\(base)" }
        isOpen = false
      } else {
        if !isOpen { path += "M\(column) \(base)" }
        path += sign == 0 ? "h\(run)" : "V\(base + sign * height)h\(run)"
        isOpen = true
      }
      column += run
    }
    return isOpen && sign != 0 ? path + "V\(base)" : path
  }
}
