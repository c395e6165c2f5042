/// The candidates for a quota that is held by reservations alone.
///
/// A reservation is taken a little after it is sent and given back a little before, or after, its answer is seen: at n requests a
/// second, a delay of d seconds hides d · n of them. So the delay is a coefficient of its own. It is told from a smaller quota by
/// the first moments, in which nothing has ended yet.
struct HoldFit {
  let trace: ProbeTrace
  /// When the first request left that helped to fill the quota.
  private let filledFrom: Double
  private let latency: Double
  /// What is known of the delay beforehand, in seconds.
  private let delay: Double
  private let used: [Double]
  private let window: [Double]
  private let returning: [Double]

  static let noises = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]

  /// - Parameters:
  ///   - since: when the quota began to be filled, and nothing was out.
  ///   - latency: seconds of an answer, and of a 429.
  static func candidates(_ trace: ProbeTrace, since: Double, latency: Double, refusalLatency: Double) -> [ProbeCandidate] {
    guard let fit = HoldFit(trace, since: since, latency: latency, refusalLatency: refusalLatency) else { return [] }
    let buckets = fit.bucket.map { found in
      [ProbeCandidate.Name.bucket60, .bucket5, .bucket2].map { BucketFit.judged(found, as: $0) }
    }
    return (buckets ?? []) + [fit.rolling].compactMap { $0 }
  }

  private init?(_ trace: ProbeTrace, since: Double, latency: Double, refusalLatency: Double) {
    guard let first = trace.items.firstIndex(where: { $0.time >= since }), trace.items.count - first >= 40, latency > 0 else {
      return nil
    }
    self.trace = trace
    self.latency = latency
    delay = max(refusalLatency, 0.05 * latency)
    let drawn = trace.drawn()
    used = drawn.map { $0 - drawn[first] }
    window = trace.inWindow()
    returning = trace.returning(within: 0.1 * latency)
    filledFrom = trace.items[first].time
  }

  /// The line of what may be out, and its value when the quota began to be filled.
  private var bucket: ProbeCandidate? {
    guard let fit = boundary(used, features: { [1, $0 - filledFrom] }) else { return nil }
    let (burst, rate) = (fit.coefficients[0], fit.coefficients[1])
    guard burst > 0, rate > 0 else { return nil }
    return ProbeCandidate(
      name: .bucket60, rate: rate, error: error(fit, 1) + 0.002 * rate, burst: burst, logLikelihood: fit.logLikelihood,
      noise: fit.noise)
  }

  private var rolling: ProbeCandidate? {
    guard let fit = boundary(window, features: { _ in [1] }), fit.coefficients[0] > 0 else { return nil }
    return ProbeCandidate(
      name: .rolling60, rate: fit.coefficients[0] / 60, error: (error(fit, 0) + 0.002 * fit.coefficients[0]) / 60,
      logLikelihood: fit.logLikelihood, noise: fit.noise)
  }

  private func error(_ fit: BoundaryFit, _ index: Int) -> Double {
    // Neighbouring answers tell much the same.
    2 * max(fit.covariance[index][index], 0).squareRoot()
  }

  /// The last coefficient is the delay; nil where there is nothing to fit.
  private func boundary(_ used: [Double], features: (Double) -> [Double]) -> BoundaryFit? {
    let end = (trace.items.last?.time ?? 0) - 0.1 * latency
    let rows = trace.rows.filter { trace.items[$0.item].time >= filledFrom && trace.items[$0.item].time <= end }
      .map { row in
        BoundaryFit.Row(
          features: features(trace.items[row.item].time) + [returning[row.item]],
          offset: -used[row.item] - trace.items[row.item].asked, isAccepted: row.isAccepted, weight: row.weight)
      }
    guard let dimensions = rows.first?.features.count else { return nil }
    let precisions = [Double](repeating: 1e-12, count: dimensions - 1) + [1 / (delay * delay)]
    let start = BoundaryFit.leastSquares(WindowFit.changes(rows), dimensions: dimensions, precisions: precisions)
    return BoundaryFit(rows, start: start, precisions: precisions, noises: Self.noises)
  }
}

extension ProbeTrace {
  /// For each item, what is given back per second in the time after it.
  func returning(within seconds: Double) -> [Double] {
    var sum = 0.0
    var (first, next) = (0, 0)
    func returned(_ place: Int) -> Double { items[answers[place]].taken - items[answers[place]].kept }
    return items.map { item in
      while next < answers.count, items[answers[next]].answeredAt <= item.time + seconds {
        sum += returned(next)
        next += 1
      }
      while first < next, items[answers[first]].answeredAt <= item.time {
        sum -= returned(first)
        first += 1
      }
      return sum / seconds
    }
  }
}
