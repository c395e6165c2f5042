/// Points in the order of their connection, with a break where y is not finite. Where there are more than four to a pixel column, its
/// first, lowest, highest and last are drawn: nothing that would be seen is lost.
public struct Line: Sendable {
  /// In the legend; empty to be left out of it.
  public var name: String
  public var color: Color
  public var points: [(x: Double, y: Double)]
  public var isDashed: Bool

  public init(name: String, color: Color, points: [(x: Double, y: Double)], isDashed: Bool = false) {
    self.name = name
    self.color = color
    self.points = points
    self.isDashed = isDashed
  }
}
