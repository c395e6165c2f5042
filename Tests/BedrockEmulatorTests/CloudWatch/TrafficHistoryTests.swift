import BedrockEmulator
import Foundation
import Testing

/// The past that the emulator makes up.
struct TrafficHistoryTests {
  /// A Tuesday, in the middle of a minute.
  let end = Date(timeIntervalSince1970: 1_795_528_123)

  private func models(_ count: Int = 20) -> [TrafficHistory.Model] {
    (0..<count).map {
      TrafficHistory.Model(modelID: "m\($0)", requestsPerMinute: 500, tokensPerMinute: 2_000_000, outputBurndown: 5)
    }
  }

  private func history(_ models: [TrafficHistory.Model]? = nil, seed: UInt64 = 7, days: Int = 14) -> TrafficHistory {
    TrafficHistory(models: models ?? self.models(), seed: seed, end: end, days: days)
  }

  private func aggregates(_ history: TrafficHistory, _ model: Int) -> [(minute: Int, MinuteAggregate)] {
    history.minutes.compactMap { minute in history.minute(model, minute).map { (minute, $0) } }
  }

  @Test func itEndsWhereItShould() {
    let history = history(days: 2)
    #expect(history.minutes == 29_925_468 - 2_880..<29_925_468)
    #expect(history.minute(0, history.minutes.lowerBound - 1) == nil)
    #expect(history.minute(0, history.minutes.upperBound) == nil)
    #expect(history.minute(-1, history.minutes.lowerBound) == nil)
    #expect(history.minute(20, history.minutes.lowerBound) == nil)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, -1])
  func anEndThatNoCalendarHas(seconds: Double) {
    let history = TrafficHistory(models: models(1), seed: 1, end: Date(timeIntervalSince1970: seconds), days: .max)
    #expect(history.minutes.count <= 455 * 1_440)
    _ = history.minutes.last.map { history.minute(0, $0) }
  }

  @Test func theSeedDecides() {
    let (one, same, other) = (history(), history(), history(seed: 8))
    var differences = 0
    for model in 0..<20 {
      for minute in one.minutes.prefix(500) {
        #expect(one.minute(model, minute) == same.minute(model, minute))
        if one.minute(model, minute) != other.minute(model, minute) { differences += 1 }
      }
    }
    #expect(differences > 5_000)
  }

  /// A bucket that holds one minute's quota can pay out two in one minute, and one more than 60 in an hour.
  @Test func noBucketPaysOutMoreThanTheQuotas() {
    let history = history(days: 3)
    for model in 0..<20 {
      let hours = Dictionary(grouping: aggregates(history, model)) { $0.minute / 60 }.values
      for hour in hours {
        #expect(hour.allSatisfy { $0.1.quotaTokens.sum <= 2 * 2_000_000 && $0.1.invocations <= 2 * 500 })
        #expect(hour.reduce(0) { $0 + $1.1.quotaTokens.sum } <= 61 * 2_000_000)
        #expect(hour.reduce(0) { $0 + $1.1.invocations } <= 61 * 500)
      }
    }
  }

  @Test func samplesAreOnesThatRequestsCouldHave() {
    let history = history(days: 3)
    for model in 0..<20 {
      for (_, minute) in aggregates(history, model) {
        #expect(minute.invocations + minute.throttles > 0, "an idle minute has no data")
        #expect(minute.firstToken.count <= minute.latency.count && Int(minute.latency.count) <= minute.invocations)
        #expect(minute.quotaTokens.sum >= minute.inputTokens.sum + minute.outputTokens.sum)
        for metric in BedrockMetric.allCases {
          let samples = minute.statistics(metric)
          #expect(samples.minimum <= samples.average && samples.average <= samples.maximum)
          #expect(samples.sum == samples.sum.rounded() && samples.minimum >= 0)
        }
      }
    }
  }

  @Test func someAreBusySomeAreThrottledAndSomeAreNearlyIdle() {
    let history = history()
    let all = (0..<20).map { aggregates(history, $0) }
    let idle = all.filter { $0.count < history.minutes.count / 5 }
    let throttled = all.filter { model in model.contains { $0.1.throttles > 0 } }
    #expect((4...6).contains(idle.count))
    #expect((2...10).contains(throttled.count))
    // Throttles come by the hour, not all the time.
    for model in throttled {
      let hours = Set(model.filter { $0.1.throttles > 0 }.map { $0.minute / 60 })
      #expect(hours.count < history.minutes.count / 60 / 3)
    }
  }

  @Test func daysAndWeeksHaveARhythm() {
    let history = history()
    var byHour = Array(repeating: 0, count: 24)
    var weekend = 0
    var week = 0
    for model in 0..<20 {
      for (minute, aggregate) in aggregates(history, model) {
        byHour[minute / 60 % 24] += aggregate.invocations
        // 1970-01-01 was a Thursday.
        if [2, 3].contains(minute / 1_440 % 7) { weekend += aggregate.invocations } else { week += aggregate.invocations }
      }
    }
    #expect(byHour[15] > 2 * byHour[3])
    #expect(Double(weekend) / 2 < 0.5 * Double(week) / 5)
  }

  @Test func aQuotaOfNothingOnlyThrottles() {
    let none = TrafficHistory.Model(modelID: "m", requestsPerMinute: 0, tokensPerMinute: nil, outputBurndown: 1)
    let all = aggregates(history([none]), 0)
    #expect(!all.isEmpty && all.count < 500)
    for (_, minute) in all {
      #expect((1...3).contains(minute.throttles) && minute.invocations == 0 && minute.quotaTokens.isEmpty)
    }
  }

  @Test(arguments: [nil, Double.nan, .infinity])
  func withoutAKnownQuotaNothingIsThrottled(quota: Double?) {
    let model = TrafficHistory.Model(modelID: "m", requestsPerMinute: quota, tokensPerMinute: nil, outputBurndown: .max)
    let all = aggregates(history([model]), 0)
    #expect(all.count > 10_000)
    #expect(all.allSatisfy { $0.1.throttles == 0 && $0.1.invocations < 200 })
  }

  @Test func modelsThatMakeVectorsWriteNothing() {
    let model = TrafficHistory.Model(
      modelID: "amazon.titan-embed-text-v2:0", requestsPerMinute: 1e300, tokensPerMinute: 1e300, outputBurndown: -5)
    for (_, minute) in aggregates(history([model], days: 1), 0) {
      #expect(minute.outputTokens.sum == 0 && minute.firstToken.isEmpty && minute.cacheReadTokens.isEmpty)
    }
  }
}
