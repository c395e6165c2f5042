import BedrockQuotas

/// Sends more bursts, each after a rest that fills the bucket. If few trials fit into a bucket, one burst shows little.
struct Rebursts: Sendable {
  enum Due {
    /// Send the trial.
    case send
    /// The burst is over: the next one begins at this instant.
    case rest(until: Int64)
    /// The last burst is over.
    case found
  }

  private typealias Numbers = Tuning.Rebursts

  /// The plateau before, which knows the rate.
  private(set) var plateau: Plateau
  private let size: TrialSize
  /// The number of bursts left, including the present one.
  private var left: Int
  /// Index of the first trial of each burst.
  private var starts: [Int] = []
  private var spacing: Int64 = 0
  /// The time at which the present burst begins.
  private(set) var restUntil: Int64 = 0

  init(after plateau: Plateau, size: TrialSize, at now: Int64, _ context: SearchContext) {
    self.plateau = plateau
    self.size = size
    let few = Self.held(plateau) / (plateau.unit == .requests ? 1 : Double(size.reservation))
    left = min(max(Int(saturating: Numbers.trials / max(few, 1)), Numbers.countMin), Numbers.countMax)
    rest(at: now, context)
  }

  /// The capacity of the bucket, in requests or quota tokens.
  private static func held(_ plateau: Plateau) -> Double {
    plateau.estimate.analysis.map { ($0.best?.burst ?? 0) * $0.scale } ?? 0
  }

  /// The size of trials; nil if the first burst and the plateau have shown enough.
  static func size(after plateau: Plateau, _ context: SearchContext) -> TrialSize? {
    guard let analysis = plateau.estimate.analysis, let best = analysis.best, [.bucket5, .bucket2].contains(best.name),
      let burst = best.burst
    else { return nil }
    let held = burst * analysis.scale
    let coarsest = plateau.unit == .requests ? 1 : max(Double(plateau.typical.reservation), plateau.sizes.mean)
    guard held / coarsest < Numbers.enough else { return nil }
    guard plateau.unit == .tokens else { return plateau.sizes.small }
    // The size is small enough to measure with, but no smaller than the quota of requests allows.
    let typical = Double(plateau.typical.reservation)
    let perMinute = best.rate * analysis.scale * 60
    let least =
      context.prior.requestsPerMinute.map { Tuning.Plateau.aboveEven * perMinute / max($0, 1) } ?? typical / 2
    let tokens = max(
      min(max(held / Numbers.enough, least), typical), Double(context.options.tokensPerRequestMin), held / Numbers.held)
    return TrialSize(tokens: Int(saturating: min(tokens, 1e9)))
  }

  func send(due: Int64, at now: Int64, _ log: TrialLog) -> Departure {
    Departure(
      size: size, kind: .burst, startsStep: starts.last == log.entries.count ? true : nil, spacing: spacing,
      nextDue: Departure.nextDue(after: due, pause: spacing, at: now))
  }

  mutating func due(at now: Int64, _ context: SearchContext) -> Due {
    guard let first = starts.last else { return .send }
    let recent = context.log.latest(Numbers.recent, since: first, at: now)
    let sent = context.log.entries.count - first
    guard recent.throttled >= Numbers.recentThrottled || sent > Numbers.trialsMax else { return .send }
    left -= 1
    guard left > 0 else { return .found }
    rest(at: now, context)
    return .rest(until: restUntil)
  }

  private mutating func rest(at now: Int64, _ context: SearchContext) {
    guard let analysis = plateau.estimate.analysis, let best = analysis.best, let burst = best.burst else { return }
    let unitSize = plateau.unit == .requests ? 1 : Double(size.reservation)
    let perSecond = best.rate * analysis.scale / unitSize
    spacing = Departure.spacing(min(Numbers.paces[starts.count % Numbers.paces.count] * perSecond, context.rateMax))
    restUntil =
      now
      + Int64(
        saturating: (Numbers.restFactor * burst / best.rate + Numbers.restSeconds + Numbers.restShift * Double(left)) * 1e9)
    starts.append(context.log.entries.count)
  }

  mutating func conclude(_ log: TrialLog) { plateau.settleMeasure(log) }

  /// The capacity of the bucket, in requests or quota tokens, from all bursts that began with a full bucket; nil before the
  /// second burst.
  func burst(_ log: TrialLog) -> Double? {
    guard let analysis = plateau.estimate.analysis, let best = analysis.best, starts.count > 1 else { return nil }
    let rows = starts.indices.flatMap { answers($0, log, refill: best.rate, scale: analysis.scale) }
    guard rows.contains(where: \.isAccepted), rows.contains(where: { !$0.isAccepted }) else { return nil }
    let start = BoundaryFit.leastSquares(WindowFit.changes(rows), dimensions: 1, precisions: [0])
    let fit = BoundaryFit(rows, start: start, precisions: [Tuning.Fits.freePrecision], noises: Numbers.noises)
    return max(fit.coefficients[0], 0) * analysis.scale
  }

  /// The answers of one burst as rows for a fit of the bucket's size.
  private func answers(_ place: Int, _ log: TrialLog, refill: Double, scale: Double) -> [BoundaryFit.Row] {
    let unit = plateau.unit
    let first = starts[place]
    let last = place + 1 < starts.count ? starts[place + 1] : log.entries.count
    var rows: [BoundaryFit.Row] = []
    var used = 0.0
    for entry in log.entries[first..<last] {
      let asked = unit == .requests ? 1 : Double(entry.reserved) / scale
      let refilled = refill * Double(entry.sentAt - log.entries[first].sentAt) / 1e9
      if entry.isAccepted || entry.isThrottled(in: unit) {
        rows.append(
          BoundaryFit.Row(features: [1], offset: refilled - used - asked, isAccepted: entry.isAccepted, weight: 1))
      }
      if entry.isAccepted { used += asked }
    }
    return rows
  }
}
