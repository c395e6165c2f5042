extension Sheet {
  /// The sheet as an SVG document.
  ///
  /// - Parameters:
  ///   - width: SVG units, 240 to 10,000.
  ///   - rowHeight: height of a row with its heading, in SVG units, 100 to 2,000.
  ///   - id: prefix of the ids in the document: letters, digits and hyphens. Several documents on one page need different ones.
  package func svg(width: Int = 1200, rowHeight: Int = 190, id: String = "sheet") -> String {
    SheetDrawing(self, width: width, rowHeight: rowHeight).document(id: id)
  }

  /// The plots of each row, as SVG elements for an HTML page that has their headings and `Theme.css`.
  ///
  /// All have the same left and right edges, and those of a row the same lower one; a legend of two lines takes room from its own
  /// plot alone.
  ///
  /// - Parameters:
  ///   - width: SVG units of one plot, 160 to 10,000.
  ///   - height: 100 to 10,000.
  ///   - id: prefix of the ids in the elements, which is followed by the numbers of row and plot.
  package func panelSVGs(width: Int = 320, height: Int = 210, id: String = "plot") -> [[String]] {
    let width = min(max(width, 160), 10_000)
    let height = min(max(height, 100), 10_000)
    let box = Box(x: 0, y: 0, width: Double(width), height: Double(height))
    let placed = rows.map { row in row.plots.map { PlacedPlot($0, in: box, look: .panel) } }
    let margins = AlignedMargins(placed) { _, _ in [] }.rows
    return placed.enumerated().map { row, plots in
      plots.enumerated().map { column, plot in
        let id = "\(id)\(row)-\(column)"
        var document = Markup.documentStart(
          width: width, height: height, id: id, role: "img", title: plot.plot.spokenTitle, summary: plot.plot.summary,
          isStyled: false)
        var minimum = margins[row][column]
        minimum.top = 0
        plot.draw(plot.layout(minimum: minimum), id: id, into: &document)
        document += "</svg>\n"
        return document.string
      }
    }
  }
}
