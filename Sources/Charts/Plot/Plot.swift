/// One chart over time or over numbers.
///
/// ```swift
/// let plot = Plot(
///   title: "Requests", x: .time(0...86_400) { _ in 3_600 }, yTitle: "per minute",
///   layers: [.bars(Bars(start: 0, step: 60, series: [Series(name: "accepted", color: .success, values: counts)]))],
///   limits: [Limit(value: 1_000, name: "quota 1,000/min")])
/// let text = plot.svg()
/// ```
///
/// Any values can be drawn: values that are not finite, or beyond ±1e300, are gaps.
package struct Plot: Sendable {
  /// Shown above the plot, shortened in its middle if it doesn't fit.
  package var title: String
  /// A smaller line below the title; empty: no line.
  package var subtitle: String
  /// What a screen reader says first; empty: the title.
  package var name: String
  /// The text that a screen reader says after that.
  package var summary: String
  package var x: XAxis
  package var yTitle: String
  /// Whether y counts something: then ticks are whole numbers, unless all values are below 1, as averages may be.
  package var isCount: Bool
  /// Drawn in this order: later layers cover earlier ones.
  package var layers: [Layer]
  /// Dashed horizontal lines. A limit of more than four times the largest value would flatten the rest; a note names it instead.
  package var limits: [Limit]
  /// Whether the names of limits stand at the right of the data instead of over it.
  package var limitsAreNamedBeside: Bool
  /// Shown in the middle if no layer has a finite point.
  package var emptyNote: String

  package init(
    title: String = "", subtitle: String = "", name: String = "", summary: String = "", x: XAxis = .linear(nil, title: ""),
    yTitle: String = "", isCount: Bool = false, layers: [Layer] = [], limits: [Limit] = [], limitsAreNamedBeside: Bool = false,
    emptyNote: String = "No data"
  ) {
    self.title = title
    self.subtitle = subtitle
    self.name = name
    self.summary = summary
    self.x = x
    self.yTitle = yTitle
    self.isCount = isCount
    self.layers = layers
    self.limits = limits
    self.limitsAreNamedBeside = limitsAreNamedBeside
    self.emptyNote = emptyNote
  }

  /// The title that a screen reader says first.
  var spokenTitle: String { [name, title, yTitle].first { !$0.isEmpty } ?? "Chart" }
}
