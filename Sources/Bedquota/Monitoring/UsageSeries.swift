package import BedrockQuotas

/// Per-period sums over all series of a pool.
package struct UsageSeries: Sendable {
  package let window: UsageWindow
  package let endpoint: QuotaEndpoint
  /// The sums of each period, indexed by ``UsageMetric``; NaN if CloudWatch has no datapoint.
  private var values: [[Double]]
  /// The sums over the window of each series, by its `ModelId`; indexed by ``UsageMetric``.
  package private(set) var totals: [String: [Double]] = [:]
  /// The largest datapoint that is believed: no account has so many tokens in a period, and sums stay finite.
  package static let valueMax = 1e15
  /// The number of datapoints of each metric that were left out because they are negative, too large or not numbers.
  package private(set) var refused: [UsageMetric: Int] = [:]
  /// Status codes of series that CloudWatch gave only in part, such as `InternalError`; sums are too low then.
  package var incomplete: Set<String> = []
  /// Unix seconds: the end of the last period that has a datapoint.
  package private(set) var dataUntil: Int?

  package init(window: UsageWindow, endpoint: QuotaEndpoint = .runtime) {
    (self.window, self.endpoint) = (window, endpoint)
    values = Array(repeating: [], count: UsageMetric.allCases.count)
  }

  /// The same series in a part of the window. What only the whole window tells, such as the sums of each id, is left out.
  func narrowed(to part: UsageWindow) -> UsageSeries {
    var series = UsageSeries(window: part, endpoint: endpoint)
    (series.refused, series.incomplete) = (refused, incomplete)
    let first = (part.startSeconds - window.startSeconds) / window.periodSeconds
    series.values = values.map { $0.isEmpty ? [] : Array($0[first..<first + part.count]) }
    let last = (0..<part.count).last { index in series.values.contains { !$0.isEmpty && !$0[index].isNaN } }
    series.dataUntil = last.map { part.seconds(of: $0 + 1) }
    return series
  }

  /// Adds the datapoints of one series.
  /// - Parameter ways: the same count in several ways, the preferred one first, and of each way the parts that are added up. Each
  ///   period takes the first way that has a datapoint.
  package mutating func add(
    _ ways: [[(times: [Double], values: [Double])]], of metric: UsageMetric, from seriesID: String
  ) {
    var taken: [Double] = []
    for parts in ways where parts.contains(where: { !$0.times.isEmpty }) {
      var sums: [Double] = []
      for points in parts {
        var own = Array(repeating: Double.nan, count: window.count)
        for (time, value) in zip(points.times, points.values) {
          guard (0...Self.valueMax).contains(value) else {
            refused[metric, default: 0] += 1
            continue
          }
          guard time >= Double(window.startSeconds), time < Double(window.endSeconds) else { continue }
          let index = (Int(saturating: time) - window.startSeconds) / window.periodSeconds
          own[index] = value
        }
        sums = sums.isEmpty ? own : zip(sums, own).map { $0.isNaN ? $1 : $1.isNaN ? $0 : $0 + $1 }
      }
      taken = taken.isEmpty ? sums : zip(taken, sums).map { $0.isNaN ? $1 : $0 }
    }
    guard !taken.isEmpty else { return }
    if values[metric.rawValue].isEmpty { values[metric.rawValue] = Array(repeating: .nan, count: window.count) }
    var total = 0.0
    var last: Int?
    values[metric.rawValue].withUnsafeMutableBufferPointer { sums in
      for index in taken.indices where !taken[index].isNaN {
        sums[index] = sums[index].isNaN ? taken[index] : sums[index] + taken[index]
        total += taken[index]
        last = index
      }
    }
    guard let last else { return }
    totals[seriesID, default: Array(repeating: 0, count: UsageMetric.allCases.count)][metric.rawValue] += total
    dataUntil = max(dataUntil ?? 0, window.seconds(of: last + 1))
  }

  /// Adds the datapoints of one series of which no way has parts.
  package mutating func add(_ ways: [(times: [Double], values: [Double])], of metric: UsageMetric, from seriesID: String) {
    add(ways.map { [$0] }, of: metric, from: seriesID)
  }

  /// CloudWatch's datapoints, NaN for a period without one; nil if there is none at all.
  package func values(_ metric: UsageMetric) -> [Double]? {
    values[metric.rawValue].isEmpty ? nil : values[metric.rawValue]
  }

  /// A value for each period, NaN if nothing is known about it.
  ///
  /// Bedrock publishes only what happened: in a period with a datapoint of any metric, a metric without one was 0.
  package func counts(_ metric: UsageMetric) -> [Double] {
    let own = values[metric.rawValue]
    guard own.isEmpty || own.contains(where: \.isNaN) else { return own }
    var counts = own.isEmpty ? Array(repeating: Double.nan, count: window.count) : own
    for other in values where !other.isEmpty {
      for index in counts.indices where counts[index].isNaN && !other[index].isNaN { counts[index] = 0 }
    }
    return counts
  }

  /// The sum of the periods that have a datapoint.
  static func sum(_ values: [Double]) -> Double { values.reduce(0) { $1.isNaN ? $0 : $0 + $1 } }

  package func total(_ metric: UsageMetric) -> Double {
    Self.sum(values[metric.rawValue])
  }

  /// The sum, unless tokens are unknown; see ``hasTokens``.
  package func tokens(_ metric: UsageMetric) -> Double? { hasTokens ? total(metric) : nil }

  /// Whether CloudWatch counts the tokens of these requests. Of some it counts the requests alone, those of imported models and of
  /// models that draw, for example; their tokens are unknown then, not 0.
  package var hasTokens: Bool {
    // On bedrock-mantle, requests that failed aren't among the inferences.
    let failed = endpoint == .mantle ? 0 : total(.clientErrors) + total(.serverErrors)
    let answered = total(.invocations) - failed
    return answered <= 0 || UsageMetric.tokens.contains { values($0) != nil }
  }

  /// Whether the endpoint publishes a count at all; what it doesn't is unknown, not 0.
  func tells(_ metric: UsageMetric) -> Bool {
    endpoint != .mantle || metric.factName != nil
  }

  /// What was left out, in sentences.
  var refusedNotes: [String] {
    refused.sorted { $0.key.rawValue < $1.key.rawValue }.map { metric, count in
      let what = count == 1 ? "1 datapoint of \(metric.names[0]) is" : "\(count) datapoints of \(metric.names[0]) are"
      return "\(what) left out, because a count can't be negative, that large, or no number."
    }
  }

  package var isEmpty: Bool { dataUntil == nil }
}
