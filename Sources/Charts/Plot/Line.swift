/// Points that are connected in order, with a break where y is not finite.
///
/// Of more than four points in a pixel column, the first, lowest, highest and last are drawn: nothing visible is lost.
package struct Line: Sendable {
  /// The name in the legend; empty: not in the legend.
  package var name: String
  package var color: Color
  package var points: [(x: Double, y: Double)]
  package var isDashed: Bool

  package init(name: String, color: Color, points: [(x: Double, y: Double)], isDashed: Bool = false) {
    self.name = name
    self.color = color
    self.points = points
    self.isDashed = isDashed
  }
}
