/// One kind of mark for one set of data.
package enum Layer: Sendable {
  case bars(Bars)
  case line(Line)
  /// Filled down to zero, translucent.
  case area(Line)
  case points(Line)
}
