package import Foundation

/// A made-up past: traffic of an account's models that follows from a seed and is computed when it is read.
///
/// Every minute follows from a hash of seed, model and minute. Only a few numbers per model are stored.
///
/// - *Popularity.* Models are ranked by a hash. The rank, from 0 to 1, gives the load at the peak of a day as a share of the
///   capacity: `0.85 · e^(−5 · rank)`. The last quarter is nearly idle: sessions in one half-hour of six, with at most 0.4
///   requests a minute, so most minutes are missing.
/// - *Capacity.* `capacity = min(RPM, TPM / quota tokens of a request)` requests a minute; 40 without throttling if no quota is known.
/// - *Demand.* `capacity · load · day · week · hour · burst · noise`. `day` peaks at 15:00 UTC and falls to a fifth at 03:00; `week` is
///   1 from Monday to Friday, else 0.35; `hour` varies by ±25 %, `noise` by ±15 %; in 3 % of ten-minute slots `burst` is 1.5 to 3.
/// - *Throttled hours.* For models with a load over 0.2, the demand of one working hour in twelve is 1.05 to 1.65 times the
///   capacity. The excess is throttled: `throttles = demand − accepted`.
/// - *Accepted.* A minute accepts up to `capacity`. The first minute of a burst or of a throttled hour also uses the rest of the
///   bucket, so no minute exceeds twice the quota.
/// - *Quota 0.* Only throttles: one to three in one working minute of forty.
/// - *Tokens.* `quota tokens = input + cache write + burndown · output`, exactly. Two models in five cache prompts.
/// - *Errors.* About 0.3 % of requests are client errors, and 0.06 % of accepted ones server errors.
package struct TrafficHistory: Sendable {
  package struct Model: Sendable {
    /// The value of the dimension `ModelId`.
    package var modelID: String
    /// nil if there is no such quota, or its value isn't known.
    package var requestsPerMinute: Double?
    package var tokensPerMinute: Double?
    package var outputBurndown: Int

    package init(modelID: String, requestsPerMinute: Double?, tokensPerMinute: Double?, outputBurndown: Int) {
      self.modelID = modelID
      self.requestsPerMinute = requestsPerMinute
      self.tokensPerMinute = tokensPerMinute
      self.outputBurndown = outputBurndown
    }
  }

  package let modelIDs: [String]
  /// The minutes of the past, since 1970.
  package let minutes: Range<Int>
  private let traits: [TrafficTraits]
  /// The shape of a day, by minute.
  private let day: [Double]

  /// - Parameters:
  ///   - end: the end of the past, rounded down to the minute.
  ///   - days: 0 to 455, the longest time for which CloudWatch keeps metrics.
  package init(models: [Model], seed: UInt64, end: Date, days: Int) {
    modelIDs = models.map(\.modelID)
    let last = UnixTime.minute(end)
    minutes = max(0, last - min(max(0, days), 455) * 1_440)..<max(0, last)
    day = (0..<1_440).map { minute in
      let wave = (1 + cos(2 * .pi * Double(minute - 900) / 1_440)) / 2
      return 0.2 + 0.8 * wave * wave.squareRoot()
    }
    let hashes = models.indices.map { TrafficRandom(seed, UInt64($0), 0).state }
    let ranked = models.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
    var ranks = Array(repeating: 0.0, count: models.count)
    for (place, index) in ranked.enumerated() { ranks[index] = Double(place) / Double(max(1, models.count)) }
    traits = models.indices.map { TrafficTraits(models[$0], index: $0, rank: ranks[$0], seed: seed) }
  }

  /// The traffic of a model in one minute; nil if there was none, or the minute is not in this past.
  package func minute(_ modelIndex: Int, _ minute: Int) -> MinuteAggregate? {
    guard traits.indices.contains(modelIndex), minutes.contains(minute) else { return nil }
    let shape = day[minute % 1_440]
    // 1970-01-01 was a Thursday; 0 is Sunday.
    let weekday = (minute / 1_440 + 4) % 7
    return traits[modelIndex].aggregate(minute, shape: shape, isWeekend: weekday == 0 || weekday == 6)
  }
}
