import RealModule

/// The candidates that are refilled continuously.
///
/// While a bucket is kept empty, its usage runs along a line. The slope of the line is the rate that foreign traffic leaves, and
/// its start is the size of the bucket.
struct BucketFit {
  private typealias Numbers = Tuning.BucketFits
  private static let omega = 2 * Double.pi / Numbers.period

  private let trace: Trace
  /// Seconds in which the bucket was kept empty.
  private let plateau: ClosedRange<Double>
  /// Whether the service debits a request only when the request ends.
  private let isLate: Bool
  /// Whether the rate swings.
  private let swings: Bool
  private let noises: [Double]

  static func candidates(_ trace: Trace, plateau: ClosedRange<Double>) -> [Candidate] {
    let steady = Numbers.noises
    func fit(_ noises: [Double], isLate: Bool = false, swings: Bool = false) -> BucketFit {
      BucketFit(trace: trace, plateau: plateau, isLate: isLate, swings: swings, noises: noises)
    }
    let plain = fit(steady).candidate(.bucket60)
    let sized: [Candidate] = [.bucket60, .bucket5, .bucket2].compactMap { name in
      plain.map { Self.judged($0, as: name) }
    }
    let others = [
      fit(steady, isLate: true).candidate(.laggy), fit(steady, swings: true).candidate(.soft),
      fit(Numbers.hierarchicalNoises).candidate(.hierarchical),
    ].compactMap { $0 }
    return sized
      + others.map { other in
        var judged = Self.judged(other, as: other.name)
        if other.name == .hierarchical { judged.logLikelihood -= Numbers.hierarchicalPenalty }
        return judged
      }
  }

  /// The candidate under another name; its likelihood falls if the burst is too small or too large for that name.
  static func judged(_ candidate: Candidate, as name: Candidate.Name) -> Candidate {
    var judged = candidate
    judged.name = name
    guard let burst = candidate.burst, candidate.rate > 0 else { return judged }
    let seconds = burst / candidate.rate
    // One request more or less matters if few fit into the bucket.
    let tolerance = name.seconds * Numbers.sizeTolerance + 1 / candidate.rate
    let (low, high) = (name.seconds - tolerance, name.seconds * Numbers.sizeMax + tolerance)
    let distance = max(low - seconds, seconds - high, 0) / tolerance
    judged.logLikelihood -= min(distance * distance / 2 + distance, Numbers.sizePenaltyMax)
    return judged
  }

  private func candidate(_ name: Candidate.Name) -> Candidate? {
    let used = isLate ? trace.usedLate() : trace.used()
    let kept = trace.rows.filter { plateau.contains(trace.items[$0.item].time) }
    guard let first = kept.first, let last = kept.last, kept.count >= Numbers.rowsMin,
      kept.count(where: \.isAccepted) >= Numbers.acceptedMin,
      kept.count(where: { !$0.isAccepted }) >= Numbers.throttledMin, trace.items[last.item].time > trace.items[first.item].time
    else { return nil }
    let middle = (trace.items[first.item].time + trace.items[last.item].time) / 2
    func row(_ row: Trace.Row) -> BoundaryFit.Row {
      BoundaryFit.Row(
        features: features(trace.items[row.item].time - middle), offset: -used[row.item] - need(row.item),
        isAccepted: row.isAccepted, weight: row.weight)
    }
    let rows = kept.map(row)
    let near = WindowFit.changes(rows)
    let changes = near.isEmpty ? rows : near
    var guess = BoundaryFit.leastSquares(changes, dimensions: 2, precisions: [0, 0])
    let swing = max(Numbers.swing * abs(guess[1]), 1e-6)
    let line = [Numbers.levelPrecision, Numbers.slopePrecision]
    let precisions = swings ? line + [1 / (swing * swing), 1 / (swing * swing)] : line
    if swings { guess = BoundaryFit.leastSquares(changes, dimensions: 4, precisions: precisions) }
    var (best, start): (Candidate?, [Double]) = (nil, guess)
    // The noises are tried from the largest down, and each solution is the start for the next, whose peak is narrower.
    for noise in noises.reversed() {
      let fit = BoundaryFit(rows, start: start, precisions: precisions, noises: [noise])
      start = fit.coefficients
      guard fit.coefficients[1] > 0 else { continue }
      let found = candidate(name, fit, used: used, middle: middle, first: first.item, swing: swing)
      if best.map({ found.logLikelihood > $0.logLikelihood }) ?? true { best = found }
    }
    let seconds = trace.items[last.item].time - trace.items[first.item].time
    guard var best else { return nil }
    // A rate that hardly swings is steady.
    if let range = best.range, range.upperBound - range.lowerBound < Numbers.swingMin * best.rate { return nil }
    best.error += Numbers.errorRequests / seconds + Numbers.errorShare * best.rate
    return best
  }

  /// The amount that the level must exceed.
  private func need(_ item: Int) -> Double { isLate ? 0 : trace.items[item].asked }

  private func features(_ time: Double) -> [Double] {
    guard swings else { return [1, time] }
    return [1, time, (1 - Double.cos(Self.omega * time)) / Self.omega, Double.sin(Self.omega * time) / Self.omega]
  }

  /// The amount refilled by a time, which is in seconds from the middle of the plateau.
  private func amount(by time: Double, _ beta: [Double]) -> Double {
    guard swings else { return beta[1] * time }
    return beta[1] * time + beta[2] * (1 - Double.cos(Self.omega * time)) / Self.omega + beta[3] * Double.sin(Self.omega * time)
      / Self.omega
  }

  private func candidate(
    _ name: Candidate.Name, _ fit: BoundaryFit, used: [Double], middle: Double, first: Int, swing: Double
  ) -> Candidate {
    let beta = fit.coefficients
    let refilled = trace.items.map { amount(by: $0.time - middle, beta) }
    // A bucket that was full for a while lost its refill, so its level is below the line. The most that was ever used net of
    // the refill, up to the plateau, is what the bucket held.
    let level = beta[0] + refilled[first] - used[first]
    var most = -Double.infinity
    for item in 0...first { most = max(most, used[first] - used[item] - (refilled[first] - refilled[item])) }
    let burst = max(level + most, 0)
    let likelihood = score(fit.noise, used: used, burst: burst, refilled: refilled)
    var found = Candidate(
      name: name, rate: beta[1], error: error(fit), burst: burst, logLikelihood: likelihood, noise: fit.noise)
    if swings {
      let amplitude = (beta[2] * beta[2] + beta[3] * beta[3]).squareRoot()
      found.range = max(beta[1] - amplitude, 0)...(beta[1] + amplitude)
      found.logLikelihood -= surplus(fit, swing: swing)
    }
    return found
  }

  /// The log-likelihood that two more coefficients gain on any data (Laplace's approximation of the evidence).
  private func surplus(_ fit: BoundaryFit, swing: Double) -> Double {
    let penalty = [2, 3].reduce(0.0) { $0 + fit.coefficients[$1] * fit.coefficients[$1] / (2 * swing * swing) }
    let shrunk = [2, 3].reduce(0.0) { $0 + Double.log(max(swing * swing / max(fit.covariance[$1][$1], 1e-300), 1)) / 2 }
    return penalty + shrunk
  }

  private func error(_ fit: BoundaryFit) -> Double {
    (Numbers.errorFactor + Numbers.errorPerNoise * min(fit.noise, Numbers.errorNoiseMax))
      * max(fit.covariance[1][1], 0).squareRoot()
  }

  /// Log-likelihood of all rows, the burst included, with a bucket that never holds more than `burst`.
  private func score(_ noise: Double, used: [Double], burst: Double, refilled: [Double]) -> Double {
    var sum = 0.0
    var next = 0
    var (level, before) = (burst, 0)
    for item in trace.items.indices {
      if item > 0 {
        level = min(level + refilled[item] - refilled[before], burst) - (used[item] - used[before])
        before = item
      }
      while next < trace.rows.count, trace.rows[next].item <= item {
        let row = trace.rows[next]
        next += 1
        sum += row.weight * max(BoundaryFit.logProbability((level - need(item)) / noise, row.isAccepted), Tuning.Fits.rowMin)
      }
    }
    return sum
  }
}
