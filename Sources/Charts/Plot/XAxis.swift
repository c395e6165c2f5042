/// The meaning of x, and the range that is shown.
package enum XAxis: Sendable {
  /// Unix seconds, within ±1e11. `utcOffset` gives the seconds that local time is ahead of UTC at an instant; it may change within the
  /// range, as it does when daylight saving begins or ends.
  case time(ClosedRange<Double>, utcOffset: @Sendable (Double) -> Int)
  /// Numbers; without a range, the range of the data.
  case linear(ClosedRange<Double>?, title: String)
  /// So many things side by side, whose middles are at 1, 2, 3 and so on. Ticks are whole numbers.
  case numbered(Int)
}
