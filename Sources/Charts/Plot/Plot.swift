/// One chart over time or over numbers.
///
/// ```swift
/// let plot = Plot(
///   title: "Requests", x: .time(0...86_400) { _ in 3_600 }, yTitle: "per minute",
///   layers: [.bars(Bars(start: 0, step: 60, series: [Series(name: "Succeeded", color: .success, values: counts)]))],
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
  /// The text that a screen reader says after the title.
  package var summary: String
  package var x: XAxis
  package var yTitle: String
  /// Drawn in this order: later layers cover earlier ones.
  package var layers: [Layer]
  /// Dashed horizontal lines. A limit of more than four times the largest value would flatten the rest; a note names it instead.
  package var limits: [Limit]
  /// Shown in the middle if no layer has a finite point.
  package var emptyNote: String

  package init(
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

  /// The title that a screen reader says first.
  var spokenTitle: String { title.isEmpty ? "Chart" : title }
}
