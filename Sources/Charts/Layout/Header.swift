/// The part above a plot: title, subtitle and legend.
struct Header: Sendable {
  private(set) var lines: [(text: TextLine, baseline: Double)] = []
  let left: Double
  private(set) var legend: Legend?
  private(set) var legendX = 0.0
  private(set) var legendTop = 0.0
  private(set) var height: Double

  /// Between two items on one line, in SVG units.
  private static let gap = 24.0

  init(_ plot: Plot, width: Double, height heightOfAll: Double, look: Look) {
    left = look.padding
    let room = width - 2 * look.padding
    let entries = look.isCompact ? [] : plot.legendEntries
    height = look.padding / 2
    var titleRoom = room
    if !entries.isEmpty {
      let besideTitle = Legend(entries, font: look.subtitle, widthMax: .infinity, linesMax: 1)
      let isBeside = look.title.width(of: plot.title) + Self.gap + besideTitle.width <= room
      legend =
        isBeside ? besideTitle : Legend(entries, font: look.subtitle, widthMax: room, linesMax: max(1, Int(heightOfAll / 80)))
      if isBeside {
        legendX = width - look.padding - besideTitle.width
        legendTop = height
        titleRoom = room - besideTitle.width - Self.gap
      }
    }
    let isLegendBeside = legendX > 0

    let title = look.title.shortened(plot.title, to: titleRoom)
    let isSubtitleBeside =
      look.isCompact && look.title.width(of: title) + Self.gap + look.subtitle.width(of: plot.subtitle) <= room
    let first = TextLine(title, look.title, aside: isSubtitleBeside ? plot.subtitle : "", look.subtitle)
    if !first.isEmpty || isLegendBeside {
      lines.append((first, height + look.title.size))
      height += look.title.size + 5
    }
    if !isSubtitleBeside, !plot.subtitle.isEmpty {
      let subtitle = look.subtitle.shortened(plot.subtitle, to: room)
      lines.append((TextLine("", look.title, aside: subtitle, look.subtitle), height + look.subtitle.size))
      height += look.subtitle.size + 4
    }
    if let legend, !isLegendBeside {
      legendX = look.padding
      legendTop = height + 2
      height += legend.height + 2
    }
    // Half of the topmost label of the y axis extends above the plot.
    height += look.label.size / 2 + 2
  }
}
