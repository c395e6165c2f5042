/// An exact number: slow and obvious, for expected values.
struct Fraction: Comparable {
  var top: Int128
  /// Above 0.
  var bottom: Int128

  init(_ top: Int128, over bottom: Int128 = 1) {
    self.top = top
    self.bottom = bottom
  }

  static func + (a: Fraction, b: Fraction) -> Fraction {
    guard a.bottom != b.bottom else { return Fraction(a.top + b.top, over: a.bottom) }
    return Fraction(a.top * b.bottom + b.top * a.bottom, over: a.bottom * b.bottom).reduced
  }

  static func - (a: Fraction, b: Fraction) -> Fraction { a + Fraction(-b.top, over: b.bottom) }
  static func * (a: Fraction, b: Int128) -> Fraction { Fraction(a.top * b, over: a.bottom) }
  static func < (a: Fraction, b: Fraction) -> Bool { a.top * b.bottom < b.top * a.bottom }
  static func == (a: Fraction, b: Fraction) -> Bool { a.top * b.bottom == b.top * a.bottom }

  var reduced: Fraction {
    var (a, b) = (top.magnitude, bottom.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    return a == 0 ? self : Fraction(top / Int128(a), over: bottom / Int128(a))
  }

  var floor: Int128 { top >= 0 ? top / bottom : -((-top + bottom - 1) / bottom) }
  var ceiling: Int128 { -Fraction(-top, over: bottom).floor }
}
