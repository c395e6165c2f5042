import RealModule

/// All candidates for a trace, and how likely each is.
struct ProbeAnalysis: Sendable {
  let unit: ProbeTrace.Unit
  let scale: Double
  /// The likeliest first.
  private(set) var candidates: [ProbeCandidate] = []
  private(set) var likelihoods: [ProbeCandidate.Name: Double] = [:]

  /// - Parameter plateau: seconds in which the bucket, if there is one, was kept empty.
  init(_ trace: ProbeTrace, plateau: ClosedRange<Double>) {
    self.init(trace, BucketFit.candidates(trace, plateau: plateau) + WindowFit.candidates(trace))
  }

  init(_ trace: ProbeTrace, _ candidates: [ProbeCandidate]) {
    unit = trace.unit
    scale = trace.scale
    self.candidates = candidates
    self.candidates.sort { $0.logLikelihood > $1.logLikelihood }
    guard let best = self.candidates.first else { return }
    let weights = self.candidates.map { Double.exp($0.logLikelihood - best.logLikelihood) }
    let sum = weights.reduce(0, +)
    for (candidate, weight) in zip(self.candidates, weights) { likelihoods[candidate.name, default: 0] += weight / sum }
  }

  var best: ProbeCandidate? { candidates.first }

  /// 95 %: of the best candidate, and of others that are not unlikely.
  var interval: ClosedRange<Double>? {
    guard let best else { return nil }
    var low = best.rate - 2 * best.error
    var high = best.rate + 2 * best.error
    for candidate in candidates.dropFirst() where (likelihoods[candidate.name] ?? 0) > 0.2 && candidate.range == nil {
      low = min(low, candidate.rate - candidate.error)
      high = max(high, candidate.rate + candidate.error)
    }
    return max(low, 0)...max(high, 0)
  }
}
