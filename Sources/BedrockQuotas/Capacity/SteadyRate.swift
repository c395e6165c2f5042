/// The steady rate, in requests per minute, of a client that never pauses against one quota of tokens.
///
/// AWS doesn't publish how Bedrock's window works: as a bucket that refills continuously (which its published runs fit), or as a
/// sum over the last 60 s. Q is the quota, R and F are a request's costs (``RequestCost``), D is its duration.
///
/// | window | R | rate per minute |
/// |---|---|---|
/// | either | above Q | 0 |
/// | bucket | up to F, or below Q/200 | Q/F: settling gives back the rest of the reservation, however large it is |
/// | bucket | above that | by ``GreedyRun``: the same, unless simultaneous credits overflow the bucket |
/// | rolling, F = R or D ≥ 60 s | | ⌊Q/R⌋ |
/// | rolling, D = 0 | | ⌊(Q − R)/F⌋ + 1 |
/// | rolling, F < R | below Q/200 | 60·Q / (60·F + D·(R − F)) |
/// | rolling, F < R | above that | by ``GreedyRun``: whole requests matter |
/// | rolling, F > R | | ⌊Q/R⌋: all of them together, into debt, and again when they leave the window together |
///
/// The rolling formula: with a(t) requests per second, R·a(t) = F·a(t − 60) + (R − F)·a(t − D), which is a renewal process whose
/// mean interval is 60 s with weight F/R and D with the rest. Source: derived;
/// Tests/BedquotaTests/Capacity/CapacitySimulationTests.swift compares all of it with the emulator's quotas.
enum SteadyRate {
  /// With this many requests in flight, one more or less changes the rate by less than 0.3 %.
  static let manyInFlight = 200.0

  /// - Parameters:
  ///   - quota: tokens per minute.
  ///   - reservation: nil if unknown; it is assumed to fit.
  ///   - latency: seconds; nil if unknown.
  /// - Returns: infinity if requests cost nothing.
  static func bucket(quota: Double, reservation: Int?, final: Int, latency: Double?) -> Double {
    let quota = quota.rounded(.down)
    let (reserved, final) = (Double(reservation ?? 0), Double(final))
    guard quota >= 1, reserved <= quota else { return 0 }
    let plain = final == 0 ? .infinity : quota / final
    guard reserved > final, quota / reserved < manyInFlight, let latency, latency > 0 else { return plain }
    var run = GreedyRun(.bucket, latency: latency)
    run.tokens = .init(quota: quota, reserved: reserved, final: final)
    let outcome = run.outcome()
    return outcome.isSettled && outcome.requestsPerMinute < 0.99 * plain ? outcome.requestsPerMinute : plain
  }

  /// - Returns: nil if it depends on something unknown; infinity if requests cost nothing.
  static func rolling(quota: Double, reservation: Int, final: Int, latency: Double?) -> Double? {
    let quota = quota.rounded(.down)
    let (reserved, final) = (Double(reservation), Double(final))
    guard quota >= 1, reserved <= quota else { return 0 }
    guard reserved > 0 else { return final == 0 ? .infinity : nil }
    if final == reserved { return (quota / reserved).rounded(.down) }
    guard let latency else { return nil }
    if latency == 0 { return final == 0 ? .infinity : ((quota - reserved) / final).rounded(.down) + 1 }
    if latency >= 60 || final > reserved { return (quota / reserved).rounded(.down) }
    let even = 60 * quota / (60 * final + latency * (reserved - final))
    if quota / reserved >= manyInFlight { return even }
    var run = GreedyRun(.rolling, latency: latency)
    run.tokens = .init(quota: quota, reserved: reserved, final: final)
    let outcome = run.outcome()
    return outcome.isSettled ? outcome.requestsPerMinute : even
  }
}
