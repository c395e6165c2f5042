import Synchronization

/// A series of one model in one service tier: the dimensions ModelId, ServiceTier and ResolvedServiceTier.
struct TierSeries: Hashable, Sendable {
  var modelID: String
  var tier: ServiceTierUse
}

extension MetricKey {
  private static let tier = "ServiceTier"
  private static let resolvedTier = "ResolvedServiceTier"

  init(_ metric: BedrockMetric, _ series: TierSeries) {
    self.init(
      namespace: BedrockMetric.namespace, name: metric.rawValue,
      dimensions: [
        Dimension(name: BedrockMetric.modelDimension, value: series.modelID),
        Dimension(name: Self.tier, value: series.tier.asked),
        Dimension(name: Self.resolvedTier, value: series.tier.resolved),
      ])
  }

  /// The metric and the series of a service tier; nil if it is none.
  var ofTier: (metric: BedrockMetric, series: TierSeries)? {
    guard namespace == BedrockMetric.namespace, let metric = BedrockMetric(rawValue: name), dimensions.count == 3 else {
      return nil
    }
    func value(_ name: String) -> String? { dimensions.first { $0.name == name }?.value }
    guard let model = value(BedrockMetric.modelDimension), let asked = value(Self.tier), let resolved = value(Self.resolvedTier)
    else { return nil }
    return (metric, TierSeries(modelID: model, tier: ServiceTierUse(asked: asked, resolved: resolved)))
  }
}

extension MetricStore.State {
  /// The most series of tiers; requests beyond them count in the other series only.
  private static let tiersMax = 4_000

  /// Records an invocation in the series of its tier, if it names one.
  mutating func recordTier(_ invocation: InvocationRecord, minute: Int) {
    guard let tier = invocation.tier else { return }
    let series = TierSeries(modelID: invocation.modelID, tier: tier)
    guard tiers[series] != nil || tiers.count < Self.tiersMax else { return }
    tiers[series, default: LiveModel()].record(invocation, minute: minute)
  }

  /// The metrics of service tiers with the time of their newest sample, in seconds since 1970.
  var tierMetrics: [(key: MetricKey, last: Int)] {
    tiers.flatMap { series, model in
      BedrockMetric.allCases.compactMap { metric in
        model.lastMinute(metric).map { (key: MetricKey(metric, series), last: $0 * 60) }
      }
    }
  }
}

extension MetricStore {
  /// Reads the series of a service tier.
  func readTier(
    _ metric: BedrockMetric, _ series: TierSeries, _ request: SeriesRequest, in window: MetricWindow
  ) -> Readings {
    guard request.unit == nil || request.unit == metric.unit else { return [] }
    var bins = MetricBins(window, wantsPercentiles: request.wantsPercentiles)
    state.withLock { state in
      guard let model = state.tiers[series] else { return }
      for minute in model.minutes(in: window.start..<max(window.start, window.end)) {
        let statistics = minute.aggregate.statistics(metric)
        let histogram = minute.histogram(metric).flatMap { $0.isEmpty ? nil : $0 } ?? Histogram(spread: statistics)
        bins.add(statistics, histogram, at: minute.minute * 60)
      }
    }
    let points = bins.datapoints
    return points.isEmpty ? [] : [(metric.unit, points)]
  }
}
