public enum Layer: Sendable {
  case bars(Bars)
  case line(Line)
  /// Filled down to zero, translucent.
  case area(Line)
  case points(Line)
}
