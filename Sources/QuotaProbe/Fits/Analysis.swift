import RealModule

/// All candidates for a trace, and how likely each is.
struct Analysis: Sendable {
  let unit: Trace.Unit
  let scale: Double
  /// The likeliest first.
  private(set) var candidates: [Candidate] = []
  /// The likelihood of each candidate, 0 to 1; they add up to 1.
  private(set) var likelihoods: [Candidate.Name: Double] = [:]

  /// - Parameter plateau: seconds in which the bucket, if there is one, was kept empty.
  init(_ trace: Trace, plateau: ClosedRange<Double>) {
    self.init(trace, BucketFit.candidates(trace, plateau: plateau) + WindowFit.candidates(trace))
  }

  init(_ trace: Trace, _ candidates: [Candidate]) {
    unit = trace.unit
    scale = trace.scale
    self.candidates = candidates
    self.candidates.sort { $0.logLikelihood > $1.logLikelihood }
    guard let best = self.candidates.first else { return }
    let weights = self.candidates.map { Double.exp($0.logLikelihood - best.logLikelihood) }
    let sum = weights.reduce(0, +)
    for (candidate, weight) in zip(self.candidates, weights) { likelihoods[candidate.name, default: 0] += weight / sum }
  }

  var best: Candidate? { candidates.first }

  /// The best candidate's rate with 95 % confidence, in amounts per second; wider by the standard error of rivals that are not
  /// unlikely.
  var interval: ClosedRange<Double>? {
    guard let best else { return nil }
    var low = best.rate - 2 * best.error
    var high = best.rate + 2 * best.error
    for candidate in candidates.dropFirst()
    where (likelihoods[candidate.name] ?? 0) > Tuning.Fits.rivalMin && candidate.range == nil {
      low = min(low, candidate.rate - candidate.error)
      high = max(high, candidate.rate + candidate.error)
    }
    return max(low, 0)...max(high, 0)
  }
}
