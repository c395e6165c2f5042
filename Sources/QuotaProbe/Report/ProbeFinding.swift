package import BedrockQuotas

/// The limit that really holds, as far as the answers tell.
package struct ProbeFinding: Sendable, Equatable {
  /// Per minute, in requests or in quota tokens.
  package struct Rate: Sendable, Equatable, Encodable {
    package var low: Double
    package var estimate: Double
    package var high: Double
  }

  /// What was throttled for: `rpm` or `tpm`.
  package var measure: QuotaMeasure
  /// What comes back while others go on, with a confidence of 95 %. Where it swings: between what and what.
  package var ratePerMinute: Rate
  /// Whether ``ratePerMinute`` is a range that the rate swings in.
  package var swings: Bool
  /// What may come at once after a rest; nil where a quota comes back by the minute.
  package var burst: Double?
  /// `bucket60`, `rolling60` and so on: what explains the answers best.
  package var semantics: String
  /// Of each that was tried, adding up to 1.
  package var likelihoods: [String: Double]
  /// How many 429s said that it was requests, and how many tokens.
  package var refusals: [String: Int]
  /// How much better the measure explains what two sizes of requests met than the other measure does: the logarithm of the
  /// likelihood ratio; nil where only one could be tried.
  package var measureEvidence: Double?
}

extension ProbeSearch {
  /// What is known by now; nil before enough has been refused.
  package var finding: ProbeFinding? {
    guard let analysis, let best = analysis.best, let interval = analysis.interval else { return nil }
    let perMinute = analysis.scale * 60
    let bounds = best.range ?? interval
    var likelihoods: [String: Double] = [:]
    for (name, likelihood) in analysis.likelihoods { likelihoods[name.rawValue] = likelihood }
    var refusals: [String: Int] = [:]
    for (refusal, count) in log.refusals { refusals[refusal.rawValue] = count }
    return ProbeFinding(
      measure: analysis.unit == .requests ? .rpm : .tpm,
      ratePerMinute: .init(
        low: bounds.lowerBound * perMinute, estimate: best.rate * perMinute, high: bounds.upperBound * perMinute),
      swings: best.range != nil, burst: best.name.isBucket ? burstAgain ?? best.burst.map { $0 * analysis.scale } : nil,
      semantics: best.name.rawValue, likelihoods: likelihoods, refusals: refusals, measureEvidence: measureEvidence)
  }
}
