import Synchronization

extension MetricStore {
  /// All metrics with the time of their newest sample, in seconds since 1970, in the order of their names.
  func metrics() -> [(key: MetricKey, last: Int)] {
    // The keys are model ids; nil stands for all models together.
    var last: [String?: [BedrockMetric: Int]] = [:]
    func note(_ modelID: String?, _ metric: BedrockMetric, _ minute: Int) {
      last[modelID, default: [:]][metric] = max(last[modelID]?[metric] ?? 0, minute)
      if modelID != nil { note(nil, metric, minute) }
    }
    for (index, metrics) in lastMinutesOfHistory().enumerated() {
      for (metric, minute) in metrics { note(history?.modelIDs[index], metric, minute) }
    }
    let custom = state.withLock { state in
      for metric in BedrockMetric.allCases {
        for (modelID, model) in zip(state.modelIDs, state.models) {
          if let minute = model.lastMinute(metric) { note(modelID, metric, minute) }
        }
        if let minute = state.others.lastMinute(metric) { note(nil, metric, minute) }
      }
      return state.custom.metrics + state.services.metrics + state.tierMetrics
    }
    let bedrock = last.flatMap { modelID, metrics in
      metrics.map { (key: MetricKey($0.key, modelID: modelID), last: $0.value * 60) }
    }
    return (bedrock + custom).sorted { $0.key < $1.key }
  }

  /// Searches back from the end until every metric was found, for at most two weeks, since older ones aren't listed.
  private func lastMinutesOfHistory() -> [[BedrockMetric: Int]] {
    guard let history else { return [] }
    return historyLastMinutes.withLock { known in
      if let known { return known }
      let oldest = max(history.minutes.lowerBound, history.minutes.upperBound - 14 * 1_440)
      let computed = history.modelIDs.indices.map { index in
        var last: [BedrockMetric: Int] = [:]
        var missing = BedrockMetric.allCases
        var minute = history.minutes.upperBound - 1
        while minute >= oldest, !missing.isEmpty {
          if let aggregate = history.minute(index, minute) {
            missing.removeAll { metric in
              guard !aggregate.statistics(metric).isEmpty else { return false }
              last[metric] = minute
              return true
            }
          }
          minute -= 1
        }
        return last
      }
      known = computed
      return computed
    }
  }
}

extension MetricKey: Comparable {
  static func < (left: Self, right: Self) -> Bool {
    guard left.namespace == right.namespace else { return left.namespace < right.namespace }
    guard left.name == right.name else { return left.name < right.name }
    return left.dimensions.lexicographicallyPrecedes(right.dimensions)
  }
}
