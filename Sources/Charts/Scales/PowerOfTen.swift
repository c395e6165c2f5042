/// Powers of ten and decimal logarithms. The standard library has none, and they aren't worth an import of Foundation.
enum PowerOfTen {
  /// The nearest `Double`: 0 below 1e-323, infinite above 1e308.
  static func value(_ exponent: Int) -> Double {
    (0...15).contains(exponent) ? small[exponent] : Double("1e\(exponent)")!
  }

  /// The largest k with 10^k ≤ `number`, which must be finite and above 0; 0 otherwise.
  static func exponent(of number: Double) -> Int {
    guard number > 0, number.isFinite else { return 0 }
    // The binary exponent gives the decimal one to within one.
    var exponent = Int((Double(number.exponent) * 0.301_029_995_663_981_2).rounded(.down))
    while value(exponent + 1) <= number { exponent += 1 }
    while value(exponent) > number { exponent -= 1 }
    return exponent
  }

  private static let small: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]
}
