extension Plot {
  /// The plot as an SVG document.
  ///
  /// In it, the plot is a `<g class="plot">` whose attributes let a page's script map a pointer to a value: the frame in SVG units
  /// (`data-left`, `data-right`, `data-top`, `data-bottom`) and the values at its edges (`data-from` and `data-to` of x, `data-ymin`,
  /// `data-ymax`).
  ///
  /// - Parameters:
  ///   - width: SVG units, which are pixels unless a page scales the picture; 160 to 10,000.
  ///   - height: SVG units, 100 to 10,000.
  ///   - id: prefix of the ids in the document: letters, digits and hyphens. Several documents on one page need different ones.
  package func svg(width: Int = 960, height: Int = 360, id: String = "plot") -> String {
    let width = min(max(width, 160), 10_000)
    let height = min(max(height, 100), 10_000)
    var document = Markup.documentStart(width: width, height: height, id: id, role: "img", title: spokenTitle, summary: summary)
    let drawing = PlacedPlot(self, in: Box(x: 0, y: 0, width: Double(width), height: Double(height)), look: .alone)
    drawing.draw(drawing.layout(), id: id, into: &document)
    document += "</svg>\n"
    return document.string
  }
}
