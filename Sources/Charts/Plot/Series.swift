/// One of the stacked series of bars.
package struct Series: Sendable {
  /// The name in the legend; empty: not in the legend.
  package var name: String
  package var color: Color
  /// One value for each bar.
  package var values: [Double]

  package init(name: String, color: Color, values: [Double]) {
    self.name = name
    self.color = color
    self.values = values
  }
}
