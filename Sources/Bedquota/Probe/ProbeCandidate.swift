#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One way in which the service may count, fitted to what it answered.
struct ProbeCandidate: Sendable {
  enum Name: String, Sendable, CaseIterable {
    case bucket60, bucket5, bucket2, rolling60, fixed60, laggy, soft, hierarchical

    /// Whether the quota comes back without a pause, so that a burst and a rate can be told apart.
    var isBucket: Bool { self != .rolling60 && self != .fixed60 }
    /// Seconds of the rate that the bucket holds.
    var seconds: Double { self == .bucket5 ? 5 : self == .bucket2 ? 2 : 60 }
  }

  var name: Name
  /// Sustained, in amounts per second.
  var rate: Double
  /// One standard deviation of it.
  var error: Double
  /// What it comes down to and goes up to in time, where it swings.
  var range: ClosedRange<Double>?
  /// What may come at once after a rest, in amounts.
  var burst: Double?
  var logLikelihood: Double
  /// How far answers lie on the wrong side of the line, in amounts.
  var noise: Double
}

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
    let weights = self.candidates.map { exp($0.logLikelihood - best.logLikelihood) }
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
