/// The smallest rectangle around some data, in the units of the data.
struct Extent: Sendable {
  private(set) var x: ClosedRange<Double>
  private(set) var y: ClosedRange<Double>

  init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.x = x
    self.y = y
  }

  func union(_ other: Extent?) -> Extent {
    guard let other else { return self }
    return Extent(
      x: min(x.lowerBound, other.x.lowerBound)...max(x.upperBound, other.x.upperBound),
      y: min(y.lowerBound, other.y.lowerBound)...max(y.upperBound, other.y.upperBound))
  }

  /// The extent of the drawable data in a range of x; nil if there is none.
  init?(of layers: [Layer], in range: ClosedRange<Double>) {
    var all: Extent?
    for layer in layers {
      let extent: Extent? =
        switch layer {
        case .bars(let bars): bars.extent(in: range)
        case .line(let line), .area(let line), .points(let line): line.extent(in: range)
        }
      all = extent?.union(all) ?? all
    }
    guard let all else { return nil }
    self = all
  }
}

extension Layer {
  /// Whether its heights are measured from zero.
  var isFilled: Bool {
    switch self {
    case .bars, .area: true
    case .line, .points: false
    }
  }
}

extension Bars {
  /// The indices of the bars that touch a range of x.
  func indices(in range: ClosedRange<Double>) -> Range<Int> {
    let count = series.reduce(0) { max($0, $1.values.count) }
    guard start.isDrawable, step.isDrawable, step > 0 else { return 0..<0 }
    let first = min(max(((range.lowerBound - start) / step).rounded(.down), 0), Double(count))
    let end = min(max(((range.upperBound - start) / step).rounded(.up), first), Double(count))
    return Int(first)..<Int(end)
  }

  fileprivate func extent(in range: ClosedRange<Double>) -> Extent? {
    let indices = indices(in: range)
    var first: Int?
    var last = 0
    var top = 0.0
    for index in indices {
      var total: Double?
      for series in series where index < series.values.count && series.values[index].isBar {
        total = (total ?? 0) + series.values[index]
      }
      guard let total else { continue }
      first = first ?? index
      last = index
      top = max(top, total)
    }
    guard let first else { return nil }
    return Extent(x: (start + Double(first) * step)...(start + Double(last + 1) * step), y: 0...top)
  }
}

extension Line {
  fileprivate func extent(in range: ClosedRange<Double>) -> Extent? {
    points.reduce(nil as Extent?) { all, point in
      guard point.y.isDrawable, point.x.isDrawable, range.contains(point.x) else { return all }
      return Extent(x: point.x...point.x, y: point.y...point.y).union(all)
    }
  }
}

extension Double {
  /// Whether a bar can have this height: finite and not negative.
  @inline(__always) var isBar: Bool { self >= 0 && isDrawable }
}
