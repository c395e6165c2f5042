import Foundation

/// The constants of one model's traffic, from which each minute is computed; see ``TrafficHistory``.
struct TrafficTraits: Sendable {
  private let key: UInt64
  /// Infinity if there is no such quota.
  private let requestsMax: Double
  private let tokensMax: Double
  /// The demand at the peak of a working day, as a share of the capacity.
  private let load: Double
  /// Requests a minute, for models that are nearly idle; nil for others.
  private let idleRate: Double?
  private let burndown: Double
  private let input: Double
  private let output: Double
  private let cacheRead: Double
  private let cacheWrite: Double
  private let streamShare: Double
  private let millisecondsPerToken: Double

  init(_ model: TrafficHistory.Model, index: Int, rank: Double, seed: UInt64) {
    // NaN counts as unknown; no account has more than 10^9.
    func bounded(_ quota: Double?) -> Double { quota.flatMap { $0.isFinite ? min(max(0, $0), 1e9) : nil } ?? .infinity }
    requestsMax = bounded(model.requestsPerMinute)
    tokensMax = bounded(model.tokensPerMinute)
    burndown = Double(min(max(0, model.outputBurndown), 1_000))
    var random = TrafficRandom(seed, UInt64(index), 1)
    key = random.next()
    load = 0.85 * exp(-5 * rank)
    let idle = random.between(0.05, 0.4)
    idleRate = rank >= 0.75 ? idle : nil
    // Embedding models have no output tokens and don't stream.
    let writes = !model.modelID.contains("embed")
    input = 400 * exp(random.between(0, 2.5))
    output = writes ? 90 * exp(random.between(0, 2.3)) : 0
    let caches = writes && random.share() < 0.4
    cacheRead = caches ? input * random.between(0.5, 3) : 0
    cacheWrite = caches ? input * random.between(0.02, 0.2) : 0
    streamShare = writes ? random.between(0.3, 0.9) : 0
    millisecondsPerToken = random.between(6, 22)
  }

  func aggregate(_ minute: Int, shape: Double, isWeekend: Bool) -> MinuteAggregate? {
    var random = TrafficRandom(key, UInt64(bitPattern: Int64(minute)), 2)
    guard requestsMax > 0, tokensMax > 0 else {
      guard shape > 0.6, !isWeekend, random.share() < 0.025 else { return nil }
      var refused = MinuteAggregate()
      refused.throttles = Int(random.between(1, 4))
      return refused
    }
    // Whole tokens per request, so that the sums are exact.
    let size = random.between(0.8, 1.2)
    let means = Tokens(
      input: (input * size).rounded(), output: (output * random.between(0.8, 1.2)).rounded(),
      cacheRead: (cacheRead * size).rounded(), cacheWrite: (cacheWrite * size).rounded())
    let cost = max(1, means.input + means.cacheWrite + burndown * means.output)
    let isLimited = min(requestsMax, tokensMax) < .infinity
    let capacity = isLimited ? min(requestsMax, tokensMax / cost) : 40

    let wanted = demand(minute, capacity: capacity, shape: shape * (isWeekend ? 0.35 : 1), &random)
    let fits = (capacity * (1 + (wanted.startsSurge ? max(0, 1 - wanted.base) : 0))).rounded(.down)
    let asked = random.whole(wanted.requests)
    let accepted = isLimited ? min(asked, fits) : asked
    guard asked > 0 else { return nil }

    var aggregate = MinuteAggregate()
    aggregate.invocations = Int(accepted)
    aggregate.throttles = Int(asked - accepted)
    aggregate.clientErrors = Int(random.whole(accepted * 0.003))
    let failed = min(accepted, random.whole(accepted * 0.0006))
    aggregate.serverErrors = Int(failed)
    fill(&aggregate, successes: accepted - failed, means, use: min(1, wanted.requests / max(1, capacity)), &random)
    return aggregate
  }

  private struct Tokens {
    var input, output, cacheRead, cacheWrite: Double
  }

  private struct Demand {
    /// Requests in this minute.
    var requests: Double
    /// The demand without a burst, as a share of the capacity.
    var base: Double
    /// Whether this is the first minute of a burst or a throttled hour, which finds the bucket partly full.
    var startsSurge: Bool
  }

  private func demand(_ minute: Int, capacity: Double, shape: Double, _ random: inout TrafficRandom) -> Demand {
    let noise = random.between(0.85, 1.15)
    if let idleRate {
      var session = TrafficRandom(key, UInt64(bitPattern: Int64(minute / 30)), 3)
      return Demand(
        requests: session.share() < 1.0 / 6 ? min(capacity, idleRate * shape * noise) : 0, base: 0, startsSurge: false)
    }
    var hour = TrafficRandom(key, UInt64(bitPattern: Int64(minute / 60)), 4)
    let base = load * shape * hour.between(0.75, 1.25) * noise
    if load > 0.2, shape > 0.6, hour.share() < 1.0 / 12 {
      return Demand(requests: capacity * hour.between(1.05, 1.65) * noise, base: base, startsSurge: minute % 60 == 0)
    }
    var slot = TrafficRandom(key, UInt64(bitPattern: Int64(minute / 10)), 5)
    guard slot.share() < 0.03 else { return Demand(requests: capacity * base, base: base, startsSurge: false) }
    return Demand(requests: capacity * base * slot.between(1.5, 3), base: base, startsSurge: minute % 10 == 0)
  }

  private func fill(
    _ aggregate: inout MinuteAggregate, successes: Double, _ means: Tokens, use: Double, _ random: inout TrafficRandom
  ) {
    guard successes > 0 else { return }
    aggregate.inputTokens = spread(means.input, successes)
    aggregate.outputTokens = spread(means.output, successes)
    if cacheRead > 0 {
      aggregate.cacheReadTokens = spread(means.cacheRead, successes)
      aggregate.cacheWriteTokens = spread(means.cacheWrite, successes)
    }
    let (input, written, output) = (aggregate.inputTokens, aggregate.cacheWriteTokens, aggregate.outputTokens)
    aggregate.quotaTokens = SampleStatistics(
      count: successes, sum: input.sum + written.sum + burndown * output.sum,
      minimum: input.minimum + written.minimum + burndown * output.minimum,
      maximum: input.maximum + written.maximum + burndown * output.maximum)
    // Latency grows with the load.
    let first = (150 + means.input * 0.02) * (1 + 0.4 * use) * random.between(0.9, 1.1)
    aggregate.latency = spread((first + means.output * millisecondsPerToken).rounded(), successes)
    aggregate.firstToken = spread(first.rounded(), min(successes, random.whole(successes * streamShare)))
  }

  /// Samples with this mean. The maximum grows with their number.
  @inline(__always)
  private func spread(_ mean: Double, _ count: Double) -> SampleStatistics {
    guard count > 1 else {
      return count > 0 ? SampleStatistics(count: 1, sum: mean, minimum: mean, maximum: mean) : SampleStatistics()
    }
    let doublings = Double(Int(count).bitWidth - Int(count).leadingZeroBitCount)
    return SampleStatistics(
      count: count, sum: mean * count, minimum: (mean * (0.25 + 0.5 / count)).rounded(.down),
      maximum: (mean * min(5, 1.2 + 0.3 * doublings)).rounded(.up))
  }
}
