import BedrockQuotas

/// The two sizes of a plateau's trials, which alternate. With only one size, requests and tokens could not be told apart.
struct PlateauSizes: Sendable {
  private typealias Numbers = Tuning.Plateau

  let small: TrialSize
  let large: TrialSize

  /// Quota tokens of a trial on average.
  var mean: Double { Double(small.reservation + large.reservation) / 2 }
  var reservationMax: Int { max(small.reservation, large.reservation) }

  /// - Parameters:
  ///   - unit: the unit of the quota that is expected to bind.
  ///   - typical: the size of request for which the probe looks for the binding quota.
  ///   - tokensPerMinute: the estimated refill.
  init(_ unit: Trace.Unit, typical: TrialSize, tokensPerMinute: Double, _ context: SearchContext) {
    let base = context.options.tokensPerRequestMin
    if context.log.isWordless {
      // If 429s don't name the quota, stay near the typical size, because another quota may bind at other sizes.
      let size = Double(typical.reservation)
      small = TrialSize(tokens: max(Int(saturating: size * Numbers.wordlessSizes.small), base))
      large = TrialSize(tokens: max(Int(saturating: size * Numbers.wordlessSizes.large), base * 2))
    } else if unit == .requests {
      small = TrialSize(tokens: base)
      large = TrialSize(tokens: min(base * 2, max(typical.reservation, base + 1)))
    } else {
      let size = Self.tokens(typical, tokensPerMinute, context)
      small = TrialSize(tokens: max(Int(saturating: size * Numbers.tokenSizes.small), base))
      large = TrialSize(tokens: max(Int(saturating: size * Numbers.tokenSizes.large), base))
    }
  }

  /// The size at which a minute's quota holds few trials, but each is only a small part of it.
  private static func tokens(_ typical: TrialSize, _ tokensPerMinute: Double, _ context: SearchContext) -> Double {
    let (options, prior) = (context.options, context.prior)
    let size = min(
      max(tokensPerMinute / Numbers.trialsPerMinute, Double(options.tokensPerRequestMin)), Double(options.tokensPerRequestMax))
    // Trials smaller than those sent so far may reach the quota of requests.
    let least =
      prior.requestsPerMinute.map { Numbers.aboveEven * tokensPerMinute / max($0, 1) } ?? Double(typical.reservation) / 2
    return max(size, min(Double(typical.reservation), least))
  }

  /// - Parameter place: the trial's index in the plateau, from 0.
  func size(_ place: Int, isWordless: Bool) -> TrialSize {
    (place / (isWordless ? Numbers.wordlessTurn : Numbers.turn)).isMultiple(of: 2) ? small : large
  }
}
