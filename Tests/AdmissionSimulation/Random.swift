#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Numbers that look random and follow from a seed alone: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014). The limiter's and the probe's scenarios are drawn from it.
///
/// A seed must mean the same run for ever, so the methods here don't use the standard library's, which may change.
package struct Random: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// An independent generator, so that the draws of one part don't change those of another.
  package mutating func split() -> Random { Random(seed: next()) }

  /// From 0 up to, but not including, 1.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  package mutating func chance(_ probability: Double) -> Bool { probability > 0 && unit() < probability }

  /// - Parameter count: above 0.
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  package mutating func int<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number {
    let count = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound) &+ 1
    return range.lowerBound &+ Number(truncatingIfNeeded: count == 0 ? next() : next() % count)
  }

  package mutating func within(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// Uniform in the logarithm: as likely between 1 and 10 as between 10 and 100.
  package mutating func logWithin(_ range: ClosedRange<Double>) -> Double {
    exp(within(log(range.lowerBound)...log(range.upperBound)))
  }

  package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  package mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }

  /// Mean 0, deviation 1 (Box and Muller).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * .pi * unit())
  }

  /// Half lie below the median, and a few far above it.
  package mutating func logNormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }
}
