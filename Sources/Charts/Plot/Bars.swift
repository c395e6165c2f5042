/// Bars at `start`, `start + step`, …, with their series stacked in order. Values that are negative or not finite are gaps.
///
/// If there is more than one bar to a pixel, the bars of each pixel column are merged. The merged bar is as high as the highest of them,
/// and so is the total of each series and all series above it. So the worst minute stays visible, and so does a single throttled minute
/// beside a higher one without throttling; a mean would hide both.
package struct Bars: Sendable {
  /// The left edge of the first bar.
  package var start: Double
  /// The width of a bar; nothing is drawn unless it is above 0.
  package var step: Double
  package var series: [Series]

  package init(start: Double, step: Double, series: [Series]) {
    self.start = start
    self.step = step
    self.series = series
  }
}
