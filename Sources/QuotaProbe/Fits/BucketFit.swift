import RealModule

/// The candidates whose quota comes back without a pause.
///
/// While a bucket is kept empty, what has been taken runs along a line: its slope is the rate less what others take, and where
/// the line began is the size of the bucket.
struct BucketFit {
  /// The time in which `soft` swings once, in seconds.
  static let period = 600.0
  private static let omega = 2 * Double.pi / period

  let trace: ProbeTrace
  let plateau: ClosedRange<Double>
  let isLate: Bool
  let swings: Bool
  let noises: [Double]

  static func candidates(_ trace: ProbeTrace, plateau: ClosedRange<Double>) -> [ProbeCandidate] {
    // Others' requests come by whole ones, so the line may jump by one.
    let steady = [0.2, 0.5, 1.2]
    func fit(_ noises: [Double], isLate: Bool = false, swings: Bool = false) -> BucketFit {
      BucketFit(trace: trace, plateau: plateau, isLate: isLate, swings: swings, noises: noises)
    }
    let plain = fit(steady).candidate(.bucket60)
    let sized: [ProbeCandidate] = [.bucket60, .bucket5, .bucket2].compactMap { name in
      plain.map { Self.judged($0, as: name) }
    }
    let others = [
      fit(steady, isLate: true).candidate(.laggy), fit(steady, swings: true).candidate(.soft),
      fit([1.2, 2.5, 5]).candidate(.hierarchical),
    ].compactMap { $0 }
    return sized
      + others.map { other in
        var judged = Self.judged(other, as: other.name)
        // A larger noise explains anything a little.
        if other.name == .hierarchical { judged.logLikelihood -= 2 }
        return judged
      }
  }

  /// A bucket that holds so many seconds of the quota holds more of what others leave, up to half as much again.
  static func judged(_ candidate: ProbeCandidate, as name: ProbeCandidate.Name) -> ProbeCandidate {
    var judged = candidate
    judged.name = name
    guard let burst = candidate.burst, candidate.rate > 0 else { return judged }
    let seconds = burst / candidate.rate
    // A request more or less matters where few fit in.
    let tolerance = name.seconds * 0.06 + 1 / candidate.rate
    let (low, high) = (name.seconds - tolerance, name.seconds * 1.5 + tolerance)
    let distance = max(low - seconds, seconds - high, 0) / tolerance
    judged.logLikelihood -= min(distance * distance / 2 + distance, 200)
    return judged
  }

  private func candidate(_ name: ProbeCandidate.Name) -> ProbeCandidate? {
    let used = isLate ? trace.drawnLate() : trace.drawn()
    let kept = trace.rows.filter { plateau.contains(trace.items[$0.item].time) }
    guard let first = kept.first, let last = kept.last, kept.count >= 12, kept.count(where: \.isAccepted) >= 4,
      kept.count(where: { !$0.isAccepted }) >= 4, trace.items[last.item].time > trace.items[first.item].time
    else { return nil }
    let middle = (trace.items[first.item].time + trace.items[last.item].time) / 2
    func row(_ row: ProbeTrace.Row) -> BoundaryFit.Row {
      BoundaryFit.Row(
        features: features(trace.items[row.item].time - middle), offset: -used[row.item] - need(row.item),
        isAccepted: row.isAccepted, weight: row.weight)
    }
    let rows = kept.map(row)
    let near = WindowFit.changes(rows)
    let changes = near.isEmpty ? rows : near
    var guess = BoundaryFit.leastSquares(changes, dimensions: 2, precisions: [0, 0])
    let swing = max(0.12 * abs(guess[1]), 1e-6)
    let precisions = swings ? [1e-12, 1e-9, 1 / (swing * swing), 1 / (swing * swing)] : [1e-12, 1e-9]
    if swings { guess = BoundaryFit.leastSquares(changes, dimensions: 4, precisions: precisions) }
    var (best, start): (ProbeCandidate?, [Double]) = (nil, guess)
    // From the largest noise down: each answer is where the next, steeper hill is begun.
    for noise in noises.reversed() {
      let fit = BoundaryFit(rows, start: start, precisions: precisions, noises: [noise])
      start = fit.coefficients
      guard fit.coefficients[1] > 0 else { continue }
      let found = candidate(name, fit, used: used, middle: middle, first: first.item, swing: swing)
      if best.map({ found.logLikelihood > $0.logLikelihood }) ?? true { best = found }
    }
    let seconds = trace.items[last.item].time - trace.items[first.item].time
    guard var best else { return nil }
    // What hardly swings is no swing.
    if let range = best.range, range.upperBound - range.lowerBound < 0.08 * best.rate { return nil }
    best.error += 0.5 / seconds + 0.0015 * best.rate
    return best
  }

  /// What the level must exceed.
  private func need(_ item: Int) -> Double { isLate ? 0 : trace.items[item].asked }

  private func features(_ time: Double) -> [Double] {
    guard swings else { return [1, time] }
    return [1, time, (1 - Double.cos(Self.omega * time)) / Self.omega, Double.sin(Self.omega * time) / Self.omega]
  }

  /// What has come back by a time.
  private func amount(by time: Double, _ beta: [Double]) -> Double {
    guard swings else { return beta[1] * time }
    return beta[1] * time + beta[2] * (1 - Double.cos(Self.omega * time)) / Self.omega + beta[3] * Double.sin(Self.omega * time)
      / Self.omega
  }

  private func candidate(
    _ name: ProbeCandidate.Name, _ fit: BoundaryFit, used: [Double], middle: Double, first: Int, swing: Double
  ) -> ProbeCandidate {
    let beta = fit.coefficients
    let brought = trace.items.map { amount(by: $0.time - middle, beta) }
    // The line is above the level of a bucket that was full for a while: the most that was ever drawn net of what came back,
    // until the plateau, is what the bucket held.
    let level = beta[0] + brought[first] - used[first]
    var most = -Double.infinity
    for item in 0...first { most = max(most, used[first] - used[item] - (brought[first] - brought[item])) }
    let burst = max(level + most, 0)
    let likelihood = score(fit.noise, used: used, burst: burst, brought: brought)
    var found = ProbeCandidate(
      name: name, rate: beta[1], error: error(fit), burst: burst, logLikelihood: likelihood, noise: fit.noise)
    if swings {
      let amplitude = (beta[2] * beta[2] + beta[3] * beta[3]).squareRoot()
      found.range = max(beta[1] - amplitude, 0)...(beta[1] + amplitude)
      found.logLikelihood -= surplus(fit, swing: swing)
    }
    return found
  }

  /// What two more coefficients would explain of anything (Laplace's approximation of the evidence).
  private func surplus(_ fit: BoundaryFit, swing: Double) -> Double {
    let penalty = [2, 3].reduce(0.0) { $0 + fit.coefficients[$1] * fit.coefficients[$1] / (2 * swing * swing) }
    let shrunk = [2, 3].reduce(0.0) { $0 + Double.log(max(swing * swing / max(fit.covariance[$1][$1], 1e-300), 1)) / 2 }
    return penalty + shrunk
  }

  private func error(_ fit: BoundaryFit) -> Double {
    // Neighbouring answers are not independent: the same fraction of a request makes several of them.
    (1.5 + 0.6 * min(fit.noise, 4)) * max(fit.covariance[1][1], 0).squareRoot()
  }

  /// Over all rows, the burst included, with a bucket that holds no more than it can.
  private func score(_ noise: Double, used: [Double], burst: Double, brought: [Double]) -> Double {
    var sum = 0.0
    var next = 0
    var (level, before) = (burst, 0)
    for item in trace.items.indices {
      if item > 0 {
        level = min(level + brought[item] - brought[before], burst) - (used[item] - used[before])
        before = item
      }
      while next < trace.rows.count, trace.rows[next].item <= item {
        let row = trace.rows[next]
        next += 1
        // No single answer may rule a candidate out.
        sum += row.weight * max(BoundaryFit.logProbability((level - need(item)) / noise, row.isAccepted), -12)
      }
    }
    return sum
  }
}
