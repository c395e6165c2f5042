/// The columns in which bars are drawn: one for each bar, or one for each pixel if bars are narrower than a pixel.
struct BarColumns: Sendable {
  /// The edges of each column, in SVG units.
  private(set) var left: [Double] = []
  private(set) var right: [Double] = []
  /// The upper end of each series in each column, in the units of the data. A series begins where the one below it ends.
  private(set) var tops: [[Double]]
  /// Whether neighbouring columns touch.
  let isGapless: Bool

  /// Narrower bars are merged into one for each pixel: a thinner bar would be too pale to see.
  private static let barWidthMin = 1.0
  /// Narrower bars have no gaps: the gaps would be wider than the bars.
  private static let gapWidthMin = 3.0

  init(_ bars: Bars, x: Scale, frame: Box) {
    tops = Array(repeating: [], count: bars.series.count)
    let indices = bars.indices(in: x.range)
    let width = (frame.width / (x.range.upperBound - x.range.lowerBound)) * bars.step
    isGapless = width < Self.gapWidthMin
    let isMerged = width < Self.barWidthMin
    let gap = isGapless ? 0 : min(width * 0.12, 4)

    // `sums[k]` is the largest total, over the bars of the column, of series k and all above it.
    var sums = Array(repeating: 0.0, count: bars.series.count + 1)
    var column = -Double.infinity
    for index in indices {
      let start = x(bars.start + Double(index) * bars.step)
      if isMerged {
        let own = min(max((start + width / 2).rounded(.down), frame.x), frame.right - 1)
        if own != column {
          if column.isFinite { append(sums) }
          for series in sums.indices { sums[series] = 0 }
          left.append(own)
          right.append(own + 1)
          column = own
        }
      } else {
        if column.isFinite { append(sums) }
        for series in sums.indices { sums[series] = 0 }
        // Computed from the index, so that it equals the start of the next bar exactly.
        let end = x(bars.start + Double(index + 1) * bars.step)
        left.append(max(start + gap / 2, frame.x))
        right.append(max(min(end - gap / 2, frame.right), left[left.count - 1]))
        column = start
      }
      var sum = 0.0
      for series in bars.series.indices.reversed() {
        let values = bars.series[series].values
        if index < values.count, values[index].isBar { sum += values[index] }
        if sum > sums[series] { sums[series] = sum }
      }
    }
    if column.isFinite { append(sums) }
  }

  private mutating func append(_ sums: [Double]) {
    for series in tops.indices { tops[series].append(sums[0] - sums[series + 1]) }
  }

  /// The outline of a series: one closed shape for each run of touching columns in which the series is above 0.
  func outline(of series: Int, y: Scale) -> Markup {
    var path = Markup()
    let top = tops[series]
    let zero = y(0)
    func base(_ column: Int) -> Double { series == 0 ? zero : y(tops[series - 1][column]) }
    func isThere(_ column: Int) -> Bool { top[column] > (series == 0 ? 0 : tops[series - 1][column]) }

    var first = 0
    while first < top.count {
      guard isThere(first) else {
        first += 1
        continue
      }
      var last = first
      while isGapless, last + 1 < top.count, isThere(last + 1), right[last] == left[last + 1] { last += 1 }
      path.append("M", left[first])
      path.append(",", base(first))
      var level = base(first)
      for column in first...last {
        let height = y(top[column])
        if column > first, height != level { path.append("H", left[column]) }
        if height != level { path.append("V", height) }
        level = height
      }
      path.append("H", right[last])
      for column in (first...last).reversed() {
        let height = base(column)
        if column < last, height != level { path.append("H", right[column]) }
        if height != level { path.append("V", height) }
        level = height
      }
      path.append(byte: UInt8(ascii: "Z"))
      first = last + 1
    }
    return path
  }
}

extension Layer {
  /// The colours of its bars.
  var barColors: [Color] {
    if case .bars(let bars) = self { bars.series.map(\.color) } else { [] }
  }
}

extension Bars {
  /// - Parameter id: that of the patterns of striped colours.
  func draw(x: Scale, y: Scale, frame: Box, id: String, into svg: inout Markup) {
    let columns = BarColumns(self, x: x, frame: frame)
    for (index, series) in series.enumerated() {
      let outline = columns.outline(of: index, y: y)
      if !outline.bytes.isEmpty { svg += "<path class=\"bars\" fill=\"\(series.color.barFill(id: id))\" d=\"\(outline)\"/>\n" }
    }
  }
}
