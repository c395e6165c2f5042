/// A picture of one thing over time or over numbers.
///
/// ```swift
/// let plot = Plot(
///   title: "Requests", x: .time(0...86_400) { _ in 3_600 }, yTitle: "per minute",
///   layers: [.bars(Bars(start: 0, step: 60, series: [Series(name: "Succeeded", color: .success, values: counts)]))],
///   limits: [Limit(value: 1_000, name: "quota 1,000/min")])
/// let text = plot.svg()
/// ```
///
/// No value makes it fail: what is not finite, or beyond ±1e300, is a gap.
public struct Plot: Sendable {
  /// Shown above the plot, shortened in its middle if it does not fit.
  public var title: String
  /// One smaller line below the title; empty for none.
  public var subtitle: String
  /// What a screen reader says after the title.
  public var summary: String
  public var x: XAxis
  public var yTitle: String
  /// Drawn in this order, so that later ones cover earlier ones.
  public var layers: [Layer]
  /// Dashed horizontal lines. One that is more than four times the largest value would flatten the rest: it is told in words instead.
  public var limits: [Limit]
  /// Shown in the middle when no layer has a finite point.
  public var emptyNote: String

  public init(
    title: String = "", subtitle: String = "", summary: String = "", x: XAxis = .linear(nil, title: ""), yTitle: String = "",
    layers: [Layer] = [], limits: [Limit] = [], emptyNote: String = "No data"
  ) {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.x = x
    self.yTitle = yTitle
    self.layers = layers
    self.limits = limits
    self.emptyNote = emptyNote
  }

  /// A whole SVG document.
  ///
  /// In it, the plot is a `<g class="plot">` that tells a page's script how to map a pointer to a value: `data-left`, `data-right`,
  /// `data-top` and `data-bottom` in SVG units, and what is there: `data-from`, `data-to` (of x), `data-ymax`, `data-ymin`.
  ///
  /// - Parameters:
  ///   - width: In SVG units, which are pixels unless a page scales it; from 160 to 10,000.
  ///   - height: As `width`; from 100 to 10,000.
  ///   - id: What the ids inside begin with; a page that embeds several needs different ones. Letters, digits and hyphens.
  public func svg(width: Int = 960, height: Int = 360, id: String = "plot") -> String {
    let width = min(max(width, 160), 10_000)
    let height = min(max(height, 100), 10_000)
    var document = Markup.documentStart(width: width, height: height, id: id, role: "img", title: spokenTitle, summary: summary)
    let drawing = PlotDrawing(self, in: Box(x: 0, y: 0, width: Double(width), height: Double(height)), look: .alone)
    drawing.draw(drawing.layout(), id: id, into: &document)
    document += "</svg>\n"
    return document.string
  }

  var spokenTitle: String { title.isEmpty ? "Chart" : title }
}
