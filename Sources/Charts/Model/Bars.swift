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
