public enum XAxis: Sendable {
  /// Unix seconds, within ±1e11. `utcOffset` gives the seconds to add for local time at an instant; it may change inside the range, as
  /// it does when daylight saving begins or ends.
  case time(ClosedRange<Double>, utcOffset: @Sendable (Double) -> Int)
  /// Without a range, that of the data.
  case linear(ClosedRange<Double>?, title: String)
}
