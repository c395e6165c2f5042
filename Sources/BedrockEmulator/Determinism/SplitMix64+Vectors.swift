extension SplitMix64 {
  /// A unit vector, with eight decimal places as in models' replies.
  mutating func unitVector(dimensions: Int) -> [Double] {
    let values = (0..<dimensions).map { _ in 2 * unit() - 1 }
    let length = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), .leastNormalMagnitude)
    return values.map { ($0 / length * 1e8).rounded() / 1e8 }
  }
}
