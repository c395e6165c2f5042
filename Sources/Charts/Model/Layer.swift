public enum Layer: Sendable {
  case bars(Bars)
  case line(Line)
  /// Filled down to zero, translucent.
  case area(Line)
  case points(Line)
}

/// Bars at `start`, `start + step`, …, whose series are stacked in their order. Values that are not finite or negative are gaps.
///
/// Where there is more than one bar to a pixel, the bars of a pixel column become one: as high as the highest of them, and in it the
/// upper series, taken together from any of them upwards, as high as they ever are in that column. So the worst minute stays visible,
/// and so does a single throttled one beside a higher that was not; a mean would hide both.
public struct Bars: Sendable {
  /// The left edge of the first bar.
  public var start: Double
  /// The width of a bar, above 0: nothing is drawn otherwise.
  public var step: Double
  public var series: [Series]

  public init(start: Double, step: Double, series: [Series]) {
    self.start = start
    self.step = step
    self.series = series
  }
}

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

/// A dashed horizontal line, such as a quota.
public struct Limit: Sendable {
  public var value: Double
  /// Written at the line, or told as "`name` is above this scale".
  public var name: String
  public var color: Color

  public init(value: Double, name: String, color: Color = .gray) {
    self.value = value
    self.name = name
    self.color = color
  }
}
