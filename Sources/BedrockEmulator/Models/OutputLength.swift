import Foundation

/// The distribution of reply lengths in tokens, before max_tokens.
package enum OutputLength: Sendable, Equatable {
  case fixed(Int)
  /// Whole numbers in a closed range, all equally likely.
  case uniform(Int, Int)
  /// Half of the replies are shorter than the median; about two thirds are between median/spread and median·spread.
  case logNormal(median: Double, spread: Double)

  /// Widely spread with a long tail, as for real models.
  package static let typical = OutputLength.logNormal(median: 200, spread: 2)
  /// The longest possible reply.
  package static let tokensMax = 1_000_000

  /// Parses `200`, `50-400` or `200x2` (median, spread); nil for any other text.
  package init?(_ text: String) {
    func whole(_ part: Substring) -> Int? { Int(part).flatMap { (1...Self.tokensMax).contains($0) ? $0 : nil } }
    let range = text.split(separator: "-", omittingEmptySubsequences: false)
    let spread = text.split(separator: "x", omittingEmptySubsequences: false)
    if range.count == 2, let low = whole(range[0]), let high = whole(range[1]), low <= high {
      self = .uniform(low, high)
    } else if spread.count == 2, let median = whole(spread[0]), let factor = Double(spread[1]), (1...100).contains(factor) {
      self = .logNormal(median: Double(median), spread: factor)
    } else if let tokens = whole(text[...]) {
      self = .fixed(tokens)
    } else {
      return nil
    }
  }

  func draw(_ random: inout SplitMix64) -> Int {
    switch self {
    case .fixed(let tokens): return tokens
    case .uniform(let low, let high): return low + Int(random.next() % UInt64(high - low + 1))
    case .logNormal(let median, let spread):
      // Box-Muller.
      let radius = (-2 * log(max(random.unit(), 1e-12))).squareRoot()
      let normal = radius * cos(2 * .pi * random.unit())
      return Int(min(max((median * exp(log(spread) * normal)).rounded(), 1), Double(Self.tokensMax)))
    }
  }
}
