import Synchronization

extension MetricStore {
  /// A metric's periods, by unit.
  typealias Readings = [(unit: String, points: [Datapoint])]

  /// Reads several series at once, so that the minutes of a model are computed once for all its metrics.
  ///
  /// The memory is proportional to `series.count × window.binCount`, which the caller bounds.
  func read(_ series: [SeriesRequest], in window: MetricWindow) -> [Readings] {
    var bins = series.map { MetricBins(window, wantsPercentiles: $0.wantsPercentiles) }
    var readings = series.map { _ in Readings() }
    var targets: [String?: [Target]] = [:]
    for (index, request) in series.enumerated() {
      guard let (metric, modelID) = request.key.bedrock else {
        if let (metric, series) = request.key.ofTier {
          readings[index] = readTier(metric, series, request, in: window)
        } else {
          readings[index] = readCustom(request, in: window)
        }
        continue
      }
      guard request.unit == nil || request.unit == metric.unit else { continue }
      targets[modelID, default: []].append(Target(metric: metric, index: index))
    }
    if !targets.isEmpty {
      readHistory(targets, into: &bins)
      readLive(targets, into: &bins)
    }
    for (_, group) in targets {
      for target in group {
        let points = bins[target.index].datapoints
        if !points.isEmpty { readings[target.index] = [(target.metric.unit, points)] }
      }
    }
    return readings
  }

  private struct Target {
    var metric: BedrockMetric
    var index: Int
  }

  private func readCustom(_ request: SeriesRequest, in window: MetricWindow) -> Readings {
    let isOfService = [MantleMetric.namespace, GuardrailMetrics.namespace].contains(request.key.namespace)
    let metrics = isOfService ? \State.services : \State.custom
    return state.withLock { state in
      var readings = Readings()
      for unit in state[keyPath: metrics].units(of: request.key, only: request.unit) {
        var bins = MetricBins(window, wantsPercentiles: request.wantsPercentiles)
        state[keyPath: metrics].read(request.key, unit: unit, into: &bins)
        let points = bins.datapoints
        if !points.isEmpty { readings.append((unit, points)) }
      }
      return readings
    }
  }

  private func readHistory(_ targets: [String?: [Target]], into bins: inout [MetricBins]) {
    guard let history, let window = bins.first?.window else { return }
    let minutes = history.minutes.clamped(to: (window.start + 59) / 60..<max((window.start + 59) / 60, (window.end + 59) / 60))
    for (index, modelID) in history.modelIDs.enumerated() {
      let wanted = (targets[modelID] ?? []) + (targets[nil] ?? [])
      guard !wanted.isEmpty else { continue }
      for minute in minutes {
        guard let aggregate = history.minute(index, minute) else { continue }
        for target in wanted {
          let statistics = aggregate.statistics(target.metric)
          bins[target.index].add(statistics, Histogram(spread: statistics), at: minute * 60)
        }
      }
    }
  }

  private func readLive(_ targets: [String?: [Target]], into bins: inout [MetricBins]) {
    guard let window = bins.first?.window, window.start < window.end else { return }
    func add(_ model: LiveModel, _ wanted: [Target], _ bins: inout [MetricBins]) {
      for minute in model.minutes(in: window.start..<window.end) {
        for target in wanted {
          let statistics = minute.aggregate.statistics(target.metric)
          bins[target.index].add(
            statistics, minute.histogram(target.metric).flatMap { $0.isEmpty ? nil : $0 } ?? Histogram(spread: statistics),
            at: minute.minute * 60)
        }
      }
    }
    // Lock for one model at a time, so that recording waits for at most one.
    let modelIDs = state.withLock { $0.modelIDs }
    for (index, modelID) in modelIDs.enumerated() {
      let wanted = (targets[modelID] ?? []) + (targets[nil] ?? [])
      guard !wanted.isEmpty else { continue }
      state.withLock { if index < $0.models.count { add($0.models[index], wanted, &bins) } }
    }
    if let wanted = targets[nil] { state.withLock { add($0.others, wanted, &bins) } }
  }
}

extension Histogram {
  init(spread statistics: SampleStatistics) {
    self.init()
    addSpread(of: statistics)
  }
}
