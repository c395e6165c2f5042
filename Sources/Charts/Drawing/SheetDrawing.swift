/// Lays a sheet out and draws it.
struct SheetDrawing: Sendable {
  private let sheet: Sheet
  private let width: Int
  private let rowHeight: Int
  private let entries: [Legend.Entry]
  private let legend: Legend

  private static let padding = 12.0
  private static let plotGap = 16.0
  private static let rowGap = 10
  private static let headingHeight = 24.0
  private static let title = Font(size: 18, isBold: true)
  private static let subtitle = Font(size: 12)
  private static let heading = Font(size: 13, isBold: true)
  private static let note = Font(size: 11)

  init(_ sheet: Sheet, width: Int, rowHeight: Int) {
    self.sheet = sheet
    self.width = min(max(width, 240), 10_000)
    self.rowHeight = min(max(rowHeight, 100), 2_000)
    entries = sheet.rows.reduce(into: [Legend.Entry]()) { all, row in
      for plot in row.plots {
        for entry in plot.legendEntries where !all.contains(entry) { all.append(entry) }
      }
    }
    legend = Legend(entries, font: Self.subtitle, widthMax: Double(self.width) - 2 * Self.padding, linesMax: 4)
  }

  func document(id: String) -> String {
    let room = Double(width) - 2 * Self.padding
    var top = Self.padding
    var head = Markup()
    if !sheet.title.isEmpty {
      let title = Self.title.shortened(sheet.title, to: room)
      let line = TextLine(title, Self.title, aside: "", Self.subtitle)
      line.draw(x: Self.padding, baseline: top + Self.title.size, into: &head)
      top += Self.title.size + 8
    }
    if !sheet.subtitle.isEmpty {
      let subtitle = Self.subtitle.shortened(sheet.subtitle, to: room)
      let line = TextLine("", Self.title, aside: subtitle, Self.subtitle)
      line.draw(x: Self.padding, baseline: top + Self.subtitle.size, into: &head)
      top += Self.subtitle.size + 6
    }
    head += entries.map(\.color).stripes(id: id)
    legend.draw(x: Self.padding, top: top + 2, id: id, into: &head)
    top = (top + legend.height + Self.padding).rounded(.up)

    let tops = sheet.rows.indices.reduce(into: [Int(top)]) { $0.append($0[$1] + height(of: sheet.rows[$1]) + Self.rowGap) }
    var document = Markup.documentStart(
      width: width, height: tops[tops.count - 1], id: id, role: "group", title: sheet.title.isEmpty ? "Charts" : sheet.title,
      summary: sheet.summary)
    document += head
    let margins = AlignedMargins(sheet.rows.map { drawings($0, top: 0) }) { [$0, $1] }.rows
    for index in sheet.rows.indices { draw(index, top: Double(tops[index]), margins, id: "\(id)-\(index)", into: &document) }
    document += "</svg>\n"
    return document.string
  }

  private func height(of row: Sheet.Row) -> Int { row.plots.isEmpty ? Int(Self.headingHeight) : rowHeight }

  private func drawings(_ row: Sheet.Row, top: Double) -> [PlacedPlot] {
    let hasHeading = !row.heading.isEmpty || !row.note.isEmpty
    let count = Double(row.plots.count)
    let width = ((Double(self.width) - 2 * Self.padding - (count - 1) * Self.plotGap) / count).rounded(.down)
    let height = Double(rowHeight) - (hasHeading ? Self.headingHeight : 0)
    return row.plots.enumerated().map { index, plot in
      let x = Self.padding + Double(index) * (width + Self.plotGap)
      let box = Box(x: x, y: top + Double(rowHeight) - height, width: max(width, 1), height: height)
      return PlacedPlot(plot, in: box, look: .onSheet)
    }
  }

  private func draw(_ index: Int, top: Double, _ margins: [[Margins]], id: String, into svg: inout Markup) {
    let row = sheet.rows[index]
    let room = Double(width) - 2 * Self.padding
    if !row.heading.isEmpty || !row.note.isEmpty {
      svg += "<path class=\"chart-grid\" stroke=\"\(Theme.grid)\" d=\"M\(Self.padding) \(top + 0.5)h\(room)\"/>"
      let heading = Self.heading.shortened(row.heading, to: room)
      let note = Self.note.shortened(row.note, to: room - Self.heading.width(of: heading) - 12)
      TextLine(heading, Self.heading, aside: note, Self.note).draw(x: Self.padding, baseline: top + 18, into: &svg)
    }
    let drawings = drawings(row, top: top)
    for (column, drawing) in drawings.enumerated() {
      drawing.draw(drawing.layout(minimum: margins[index][column]), id: "\(id)-\(column)", isNamed: true, into: &svg)
    }
  }
}
