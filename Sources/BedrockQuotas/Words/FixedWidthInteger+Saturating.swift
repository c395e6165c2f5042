/// Conversion of figures from outside: replies, quotas, metrics and options hold anything that JSON or a command line can say.
extension FixedWidthInteger {
  /// The nearest whole number of the type, towards zero; 0 for NaN. `Int(_:)` ends the process for what the type can't hold.
  @inlinable package init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= Double(Self.max) {
      self = .max
    } else if value <= Double(Self.min) {
      self = .min
    } else {
      self = Self(value)
    }
  }
}
