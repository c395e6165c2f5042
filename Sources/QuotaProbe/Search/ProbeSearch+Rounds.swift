/// Bursts done again, for a bucket into which few requests fit.
extension ProbeSearch {
  /// From so many requests on, one burst says what a bucket holds to a few percent.
  private static let enough = 30.0
  private static let roundsMax = 12
  /// Times the rate: at one pace, the same whole number of requests would get in each time.
  private static let paces = [8, 5.5, 4, 3, 2.4]

  /// The rate is known: ends, or looks again at what comes at once.
  mutating func endPlateau(at now: Int64) {
    guard let analysis, let best = analysis.best, [.bucket5, .bucket2].contains(best.name), let burst = best.burst else {
      return end(.found)
    }
    let held = burst * analysis.scale
    let shape = unit == .requests ? plateauShapes[0] : Self.shape(tokens: roundTokens(held))
    let few = held / (unit == .requests ? 1 : Double(shape.reservation))
    // What both the first burst and the plateau's line have told to a few percent needs no second look.
    let coarsest = unit == .requests ? 1 : max(Double(self.shape.reservation), plateauSize)
    guard held / coarsest < Self.enough else { return end(.found) }
    plateaus[plateaus.count - 1].end = min(plateaus[plateaus.count - 1].end, now)
    settleMeasure()
    roundShape = shape
    beginRest(min(max(Int(40 / max(few, 1)), 2), Self.roundsMax), at: now)
  }

  /// Small enough to measure with, and no smaller than what requests allow.
  private func roundTokens(_ held: Double) -> Int {
    let size = Double(shape.reservation)
    let perMinute = (analysis?.best?.rate ?? 0) * (analysis?.scale ?? 1) * 60
    let least = prior.requestsPerMinute.map { 2.5 * perMinute / max($0, 1) } ?? size / 2
    return Int(max(min(max(held / Self.enough, least), size), Double(options.tokensPerRequestMin), held / 300))
  }

  private mutating func beginRest(_ left: Int, at now: Int64) {
    guard left > 0, let analysis, let best = analysis.best, let burst = best.burst, let shape = roundShape else {
      return end(.found)
    }
    phase = .again(left)
    let size = unit == .requests ? 1 : Double(shape.reservation)
    let perSecond = best.rate * analysis.scale / size
    spacing = Self.spacing(min(Self.paces[rounds.count % Self.paces.count] * perSecond, rateMax))
    // A third more than it takes to fill, and a moment that is never the same part of a second.
    dueAt = now + Int64((1.35 * burst / best.rate + 0.3 + 0.137 * Double(left)) * 1e9)
    rounds.append(log.entries.count)
  }

  mutating func paceRound(_ left: Int, at now: Int64) {
    guard let first = rounds.last else { return }
    let recent = latest(6, since: first, at: now)
    let all = log.entries.count - first
    if recent.throttled >= 3 || all > 1_000 { beginRest(left - 1, at: now) }
  }

  /// What the bucket holds, in requests or tokens, from all the bursts that began with it full; nil where none was done again.
  var burstAgain: Double? {
    guard let analysis, let best = analysis.best, rounds.count > 1 else { return nil }
    let unitSize = analysis.scale
    var rows: [BoundaryFit.Row] = []
    for (place, first) in rounds.enumerated() {
      let last = place + 1 < rounds.count ? rounds[place + 1] : log.entries.count
      var used = 0.0
      for entry in log.entries[first..<last] {
        let asked = unit == .requests ? 1 : Double(entry.reserved) / unitSize
        let came = best.rate * Double(entry.sentAt - log.entries[first].sentAt) / 1e9
        if entry.isTaken || entry.isThrottled(in: unit) {
          rows.append(
            BoundaryFit.Row(features: [1], offset: came - used - asked, isAccepted: entry.isTaken, weight: 1))
        }
        if entry.isTaken { used += asked }
      }
    }
    guard rows.contains(where: \.isAccepted), rows.contains(where: { !$0.isAccepted }) else { return nil }
    let start = BoundaryFit.leastSquares(WindowFit.changes(rows), dimensions: 1, precisions: [0])
    let fit = BoundaryFit(rows, start: start, precisions: [1e-12], noises: [0.3, 0.6])
    return max(fit.coefficients[0], 0) * unitSize
  }
}
