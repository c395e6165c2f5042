/// The candidates that count a minute: the last 60 s, or fixed minutes whose phase is not known.
enum WindowFit {
  private typealias Numbers = Tuning.WindowFits

  static func candidates(_ trace: Trace) -> [Candidate] {
    guard trace.rows.contains(where: \.isAccepted), let full = trace.rows.first(where: { !$0.isAccepted }) else { return [] }
    // A full window accepts nothing until the trials that filled it are a minute old; a bucket always accepts some trials.
    let barren = max(60 - trace.items[full.item].time, Numbers.barrenMin) / 2
    guard trace.longestRun >= min(Numbers.barrenMax, barren) else { return [] }
    return [rolling(trace), fixed(trace)].compactMap { $0 }
  }

  private static func rolling(_ trace: Trace) -> Candidate? {
    let used = trace.usedInWindow()
    let rows = trace.rows.map { row in
      BoundaryFit.Row(
        features: [1], offset: -used[row.item] - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
    }
    let start = BoundaryFit.leastSquares(changes(rows), dimensions: 1, precisions: [0])
    let fit = BoundaryFit(rows, start: start, precisions: [Tuning.Fits.freePrecision], noises: Numbers.noises)
    return Candidate(
      name: .rolling60, rate: left(fit, trace) / 60, error: error(fit) / 60,
      logLikelihood: score(fit, rows), noise: fit.noise)
  }

  private static func fixed(_ trace: Trace) -> Candidate? {
    let ends = trace.resumptions(after: Numbers.resumptionSeconds)
    guard !ends.isEmpty else { return nil }
    var best: Candidate?
    for end in ends.prefix(Numbers.resumptionsMax) {
      for part in 1...Numbers.phases {
        let phase = end.lowerBound + (end.upperBound - end.lowerBound) * Double(part) / Double(Numbers.phases)
        let candidate = fixed(trace, phase: phase)
        if best.map({ candidate.logLikelihood > $0.logLikelihood }) ?? true { best = candidate }
      }
    }
    return best
  }

  /// At τ seconds into a minute the level is quota − foreign rate · τ − own usage. With what foreign traffic leaves in a whole
  /// minute, q = quota − 60 · foreign rate, it is q + foreign rate · (60 − τ) − own usage.
  private static func fixed(_ trace: Trace, phase: Double) -> Candidate {
    let minutes = trace.usedInMinute(phase: phase)
    let rows = trace.rows.map { row in
      let (used, since) = minutes[row.item]
      return BoundaryFit.Row(
        features: [1, 60 - since], offset: -used - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
    }
    let near = changes(rows)
    let most = max(near.map { -$0.offset }.max() ?? 1, 1)
    // Foreign traffic rarely uses more than half of the quota: two standard deviations.
    let foreign = most / 60 * Numbers.foreignShare
    let precisions = [Tuning.Fits.freePrecision, 1 / (foreign * foreign)]
    let start = BoundaryFit.leastSquares(
      near, dimensions: 2, precisions: precisions.map { $0 * Numbers.startPrecision })
    let fit = BoundaryFit(rows, start: start, precisions: precisions, noises: Numbers.noises)
    return Candidate(
      name: .fixed60, rate: left(fit, trace) / 60, error: error(fit) / 60,
      logLikelihood: score(fit, rows) - Numbers.phasePenalty, noise: fit.noise)
  }

  private static func error(_ fit: BoundaryFit) -> Double {
    // Foreign requests come and go one at a time, the same way each minute: more rows don't tell more of that.
    Numbers.errorFactor * max(fit.covariance[0][0], 0).squareRoot() + Numbers.errorRequests
      + Numbers.errorShare * fit.coefficients[0]
  }

  /// The amount that foreign traffic leaves in a minute. Requests are whole: if n fit and n + 1 don't, the line is found at n +
  /// ½.
  private static func left(_ fit: BoundaryFit, _ trace: Trace) -> Double {
    fit.coefficients[0] - (trace.unit == .requests ? 0.5 : 0)
  }

  private static func score(_ fit: BoundaryFit, _ rows: [BoundaryFit.Row]) -> Double {
    rows.reduce(0) { sum, row in
      let level = zip(row.features, fit.coefficients).reduce(row.offset) { $0 + $1.0 * $1.1 }
      return sum + row.weight * max(BoundaryFit.logProbability(level / fit.noise, row.isAccepted), Tuning.Fits.rowMin)
    }
  }

  /// The rows on both sides of each change from accepted to throttled or back.
  static func changes(_ rows: [BoundaryFit.Row]) -> [BoundaryFit.Row] {
    rows.indices.dropFirst().filter { rows[$0].isAccepted != rows[$0 - 1].isAccepted }.flatMap { [rows[$0 - 1], rows[$0]] }
  }
}
