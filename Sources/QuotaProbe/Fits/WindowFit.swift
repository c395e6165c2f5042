/// The candidates that add up a minute: the last 60 s, or the minute of a clock whose phase is not known.
enum WindowFit {
  static let noises = [0.2, 0.4, 0.8, 1.6, 3.2]

  static func candidates(_ trace: ProbeTrace) -> [ProbeCandidate] {
    guard trace.rows.contains(where: \.isAccepted), let full = trace.rows.first(where: { !$0.isAccepted }) else { return [] }
    // A window that is full refuses all, until what filled it is a minute old; a bucket takes some all the time.
    guard trace.longestRefusal >= min(5, max(60 - trace.items[full.item].time, 3) / 2) else { return [] }
    return [rolling(trace), fixed(trace)].compactMap { $0 }
  }

  private static func rolling(_ trace: ProbeTrace) -> ProbeCandidate? {
    let used = trace.inWindow()
    let rows = trace.rows.map { row in
      BoundaryFit.Row(
        features: [1], offset: -used[row.item] - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
    }
    let start = BoundaryFit.leastSquares(changes(rows), dimensions: 1, precisions: [0])
    let fit = BoundaryFit(rows, start: start, precisions: [1e-12], noises: noises)
    return ProbeCandidate(
      name: .rolling60, rate: left(fit, trace) / 60, error: error(fit) / 60,
      logLikelihood: score(fit, rows), noise: fit.noise)
  }

  private static func fixed(_ trace: ProbeTrace) -> ProbeCandidate? {
    let ends = trace.resumptions(after: 2)
    guard !ends.isEmpty else { return nil }
    var best: ProbeCandidate?
    for end in ends.prefix(4) {
      for part in 1...5 {
        let phase = end.lowerBound + (end.upperBound - end.lowerBound) * Double(part) / 5
        let candidate = fixed(trace, phase: phase)
        if best.map({ candidate.logLikelihood > $0.logLikelihood }) ?? true { best = candidate }
      }
    }
    return best
  }

  /// The level at τ seconds into a minute is quota − others' rate · τ − own use, so with what is left for us in a whole minute,
  /// q = quota − 60 · others' rate, it is q + others' rate · (60 − τ) − own use.
  private static func fixed(_ trace: ProbeTrace, phase: Double) -> ProbeCandidate {
    let minutes = trace.inMinute(phase: phase)
    let rows = trace.rows.map { row in
      let (used, since) = minutes[row.item]
      return BoundaryFit.Row(
        features: [1, 60 - since], offset: -used - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
    }
    let near = changes(rows)
    let most = max(near.map { -$0.offset }.max() ?? 1, 1)
    // Others use up no more than half of it, as a rule.
    let precisions = [1e-12, 1 / ((most / 60 * 0.25) * (most / 60 * 0.25))]
    let start = BoundaryFit.leastSquares(near, dimensions: 2, precisions: precisions.map { $0 * 0.1 })
    let fit = BoundaryFit(rows, start: start, precisions: precisions, noises: noises)
    return ProbeCandidate(
      name: .fixed60, rate: left(fit, trace) / 60, error: error(fit) / 60,
      logLikelihood: score(fit, rows) - 1.5, noise: fit.noise)
  }

  private static func error(_ fit: BoundaryFit) -> Double {
    // Others' requests come and go by whole ones, the same way each minute: more rows don't tell more of that.
    1.5 * max(fit.covariance[0][0], 0).squareRoot() + 0.3 + 0.001 * fit.coefficients[0]
  }

  /// What is left for us in a minute. Whole requests: from n on, n + 1 don't fit, so the line is found half a request too high.
  private static func left(_ fit: BoundaryFit, _ trace: ProbeTrace) -> Double {
    fit.coefficients[0] - (trace.unit == .requests ? 0.5 : 0)
  }

  private static func score(_ fit: BoundaryFit, _ rows: [BoundaryFit.Row]) -> Double {
    rows.reduce(0) { sum, row in
      let level = zip(row.features, fit.coefficients).reduce(row.offset) { $0 + $1.0 * $1.1 }
      return sum + row.weight * max(BoundaryFit.logProbability(level / fit.noise, row.isAccepted), -12)
    }
  }

  /// The rows at which taking turns into refusing or back.
  static func changes(_ rows: [BoundaryFit.Row]) -> [BoundaryFit.Row] {
    rows.indices.dropFirst().filter { rows[$0].isAccepted != rows[$0 - 1].isAccepted }.flatMap { [rows[$0 - 1], rows[$0]] }
  }
}
