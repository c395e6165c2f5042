public struct Series: Sendable {
  /// In the legend; empty to be left out of it.
  public var name: String
  public var color: Color
  /// One for each bar.
  public var values: [Double]

  public init(name: String, color: Color, values: [Double]) {
    self.name = name
    self.color = color
    self.values = values
  }
}
