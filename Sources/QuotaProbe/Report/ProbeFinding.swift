package import BedrockQuotas

/// The limit that the service enforces, as far as its answers tell.
package struct ProbeFinding: Sendable, Equatable {
  /// Per minute, in requests or in quota tokens.
  package struct Rate: Sendable, Equatable, Encodable {
    package var low: Double
    package var estimate: Double
    package var high: Double
  }

  /// The measure that binds: `rpm` or `tpm`.
  package var measure: QuotaMeasure
  /// The sustained rate and the bounds of its 95 % confidence interval; if the rate swings, its lowest and highest value.
  package var ratePerMinute: Rate
  /// Whether ``ratePerMinute`` holds the range of a rate that swings.
  package var swings: Bool
  /// The burst that is accepted after a rest, in requests or quota tokens; nil if the quota is counted by the minute.
  package var burst: Double?
  /// The window that explains the answers best: `bucket60`, `rolling60` and so on.
  package var semantics: String
  /// The likelihood of each window that was tried, 0 to 1; they add up to 1.
  package var likelihoods: [String: Double]
  /// The number of 429s by the quota that they named.
  package var throttles: [String: Int]
  /// How much better the measure explains the answers to two sizes of trials than the other measure does, as a log-likelihood
  /// ratio; nil where only one could be tried.
  package var measureEvidence: Double?
}

extension ProbeSearch {
  /// The finding so far; nil before enough trials were throttled.
  package var finding: ProbeFinding? {
    guard let analysis = phase.analysis, let best = analysis.best, let interval = analysis.interval else { return nil }
    let perMinute = analysis.scale * 60
    let bounds = best.range ?? interval
    return ProbeFinding(
      measure: analysis.unit == .requests ? .rpm : .tpm,
      ratePerMinute: .init(
        low: bounds.lowerBound * perMinute, estimate: best.rate * perMinute, high: bounds.upperBound * perMinute),
      swings: best.range != nil, burst: best.name.isBucket ? burstAgain ?? best.burst.map { $0 * analysis.scale } : nil,
      semantics: best.name.rawValue,
      likelihoods: Dictionary(uniqueKeysWithValues: analysis.likelihoods.map { ($0.key.rawValue, $0.value) }),
      throttles: Dictionary(uniqueKeysWithValues: log.throttles.map { ($0.key.rawValue, $0.value) }),
      measureEvidence: phase.measureEvidence)
  }

  private var burstAgain: Double? {
    guard case .rebursts(let rebursts) = phase else { return nil }
    return rebursts.burst(log)
  }
}
