/// The key to the colours of a plot or sheet.
struct Legend: Sendable {
  struct Entry: Sendable, Equatable {
    enum Shape: Sendable { case bar, area, line, dashedLine, point }
    var name: String
    var color: Color
    var shape: Shape
  }

  struct Item: Sendable {
    var entry: Entry?
    var text: String
    var x: Double
    var line: Int
  }

  private(set) var items: [Item] = []
  let font: Font
  private(set) var width = 0.0
  private(set) var lines = 0

  static let swatch = 12.0
  static let swatchGap = 5.0
  private static let itemGap = 18.0
  private static let nameWidthMax = 240.0

  var lineHeight: Double { font.size + 6 }
  var height: Double { Double(lines) * lineHeight }

  /// Breaks the entries into lines. Names that don't fit into `linesMax` lines are counted at the end instead: "+3 more".
  init(_ entries: [Entry], font: Font, widthMax: Double, linesMax: Int) {
    self.font = font
    var x = 0.0
    var line = 0
    let swatch = Self.swatch + Self.swatchGap
    // So that the count fits even after the only name of a line.
    let countWidth = entries.count > 1 ? Self.itemGap + font.width(of: "+\(entries.count) more") : 0
    for (index, entry) in entries.enumerated() {
      let text = font.shortened(entry.name, to: min(Self.nameWidthMax, widthMax - swatch - countWidth))
      let itemWidth = swatch + font.width(of: text)
      let isLast = index == entries.count - 1
      let rest = "+\(entries.count - index) more"
      // The last line keeps room for the count, unless nothing is left to count.
      let reserve = line == linesMax - 1 && !isLast ? countWidth : 0
      if x > 0, x + itemWidth + reserve > widthMax {
        if line == linesMax - 1 {
          items.append(Item(entry: nil, text: rest, x: x, line: line))
          width = max(width, x + font.width(of: rest))
          break
        }
        line += 1
        x = 0
      }
      items.append(Item(entry: entry, text: text, x: x, line: line))
      width = max(width, x + itemWidth)
      x += itemWidth + Self.itemGap
    }
    lines = items.isEmpty ? 0 : line + 1
  }
}

extension Plot {
  /// One entry for each name of a layer that has something to draw.
  var legendEntries: [Legend.Entry] {
    func isUsed(_ points: [(x: Double, y: Double)]) -> Bool { points.contains { $0.x.isDrawable && $0.y.isDrawable } }
    var entries: [Legend.Entry] = []
    for layer in layers {
      let new: [Legend.Entry] =
        switch layer {
        case .bars(let bars):
          bars.series.filter { $0.values.contains(where: \.isBar) }.map { .init(name: $0.name, color: $0.color, shape: .bar) }
        case .area(let line): isUsed(line.points) ? [.init(name: line.name, color: line.color, shape: .area)] : []
        case .points(let line): isUsed(line.points) ? [.init(name: line.name, color: line.color, shape: .point)] : []
        case .line(let line):
          isUsed(line.points) ? [.init(name: line.name, color: line.color, shape: line.isDashed ? .dashedLine : .line)] : []
        }
      for entry in new where !entry.name.isEmpty && !entries.contains(entry) { entries.append(entry) }
    }
    return entries
  }
}
