/// The candidates for a quota that is held by reservations alone.
///
/// The service reserves a little after a trial is sent, and gives back a little before or after its answer is seen: at n trials a
/// second, a delay of d seconds hides d · n of them. So the delay is a coefficient of its own. The first moments, in which
/// nothing has ended yet, tell it from a smaller quota.
struct HoldFit {
  private typealias Numbers = Tuning.HoldFits

  private let trace: Trace
  /// The time at which the first trial of the fill was sent, in seconds.
  private let filledFrom: Double
  private let latency: Double
  /// Standard deviation of the delay, in seconds, before any answer.
  private let delay: Double
  /// For each item: used since the fill began, used in the last 60 s, and given back per second just after it.
  private let used: [Double]
  private let window: [Double]
  private let returned: [Double]

  /// - Parameters:
  ///   - since: the time at which the fill began, with no trial in flight, in seconds.
  ///   - latency: seconds to an answer.
  ///   - throttleLatency: seconds to a 429.
  static func candidates(_ trace: Trace, since: Double, latency: Double, throttleLatency: Double) -> [Candidate] {
    guard let fit = HoldFit(trace, since: since, latency: latency, throttleLatency: throttleLatency) else { return [] }
    let buckets = fit.bucket.map { found in
      [Candidate.Name.bucket60, .bucket5, .bucket2].map { BucketFit.judged(found, as: $0) }
    }
    return (buckets ?? []) + [fit.rolling].compactMap { $0 }
  }

  private init?(_ trace: Trace, since: Double, latency: Double, throttleLatency: Double) {
    guard let first = trace.items.firstIndex(where: { $0.time >= since }), trace.items.count - first >= Numbers.itemsMin,
      latency > 0
    else {
      return nil
    }
    self.trace = trace
    self.latency = latency
    delay = max(throttleLatency, Numbers.delayMin * latency)
    let all = trace.used()
    used = all.map { $0 - all[first] }
    window = trace.usedInWindow()
    returned = trace.returned(within: Numbers.returnWindow * latency)
    filledFrom = trace.items[first].time
  }

  /// The line of the amounts that may be in flight, and its value when the fill began.
  private var bucket: Candidate? {
    guard let fit = boundary(used, features: { [1, $0 - filledFrom] }) else { return nil }
    let (burst, rate) = (fit.coefficients[0], fit.coefficients[1])
    guard burst > 0, rate > 0 else { return nil }
    return Candidate(
      name: .bucket60, rate: rate, error: error(fit, 1) + Numbers.errorShare * rate, burst: burst,
      logLikelihood: fit.logLikelihood,
      noise: fit.noise)
  }

  private var rolling: Candidate? {
    guard let fit = boundary(window, features: { _ in [1] }), fit.coefficients[0] > 0 else { return nil }
    return Candidate(
      name: .rolling60, rate: fit.coefficients[0] / 60, error: (error(fit, 0) + Numbers.errorShare * fit.coefficients[0]) / 60,
      logLikelihood: fit.logLikelihood, noise: fit.noise)
  }

  private func error(_ fit: BoundaryFit, _ index: Int) -> Double {
    // Neighbouring answers tell much the same.
    Numbers.errorFactor * max(fit.covariance[index][index], 0).squareRoot()
  }

  /// The fit, whose last coefficient is the delay; nil if there is nothing to fit.
  private func boundary(_ used: [Double], features: (Double) -> [Double]) -> BoundaryFit? {
    let end = (trace.items.last?.time ?? 0) - Numbers.returnWindow * latency
    let rows = trace.rows.filter { trace.items[$0.item].time >= filledFrom && trace.items[$0.item].time <= end }
      .map { row in
        BoundaryFit.Row(
          features: features(trace.items[row.item].time) + [returned[row.item]],
          offset: -used[row.item] - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
      }
    guard let dimensions = rows.first?.features.count else { return nil }
    let precisions = [Double](repeating: Tuning.Fits.freePrecision, count: dimensions - 1) + [1 / (delay * delay)]
    let start = BoundaryFit.leastSquares(WindowFit.changes(rows), dimensions: dimensions, precisions: precisions)
    return BoundaryFit(rows, start: start, precisions: precisions, noises: Numbers.noises)
  }
}
