/// The minutes of one model since the start of the emulator, oldest first.
struct LiveModel: Sendable {
  struct Minute: Sendable {
    let minute: Int
    var aggregate = MinuteAggregate()
    var latency = Histogram()
    var firstToken = Histogram()
    var inputTokens = Histogram()
    var outputTokens = Histogram()
    var cacheReadTokens = Histogram()
    var cacheWriteTokens = Histogram()
    var quotaTokens = Histogram()

    func histogram(_ metric: BedrockMetric) -> Histogram? {
      switch metric {
      case .latency: latency
      case .firstToken: firstToken
      case .inputTokens: inputTokens
      case .outputTokens: outputTokens
      case .cacheReadTokens: cacheReadTokens
      case .cacheWriteTokens: cacheWriteTokens
      case .quotaTokens: quotaTokens
      default: nil
      }
    }

    mutating func forgetHistograms() { self = Minute(minute: minute, aggregate: aggregate) }
  }

  /// CloudWatch keeps minutes for 15 days.
  static let minutesMax = 15 * 1_440
  /// Older minutes have statistics only, because the histograms of a busy minute take some kilobytes.
  static let histogramMinutesMax = 1_440

  private(set) var minutes: [Minute] = []
  /// The last minute with a sample, by metric.
  private(set) var lastMinutes: [BedrockMetric: Int] = [:]
  private var readsCache = false
  private var writesCache = false

  mutating func record(_ invocation: InvocationRecord, minute: Int) {
    let index = index(of: minute)
    readsCache = readsCache || invocation.tokens.cacheRead > 0
    writesCache = writesCache || invocation.tokens.cacheWrite > 0
    minutes[index].record(invocation, cacheRead: readsCache, cacheWrite: writesCache)
  }

  /// The index of a minute, which is inserted if it is new. It is nearly always the last one.
  private mutating func index(of minute: Int) -> Int {
    var index = minutes.count
    while index > 0, minutes[index - 1].minute > minute { index -= 1 }
    if index > 0, minutes[index - 1].minute == minute { return index - 1 }
    minutes.insert(Minute(minute: minute), at: index)
    guard index == minutes.count - 1 else { return index }
    // The previous minute has ended, so note its metrics.
    if index > 0 { note(minutes[index - 1]) }
    if index >= Self.histogramMinutesMax { minutes[index - Self.histogramMinutesMax].forgetHistograms() }
    // Remove a day at a time, since each removal moves all other minutes.
    if index >= Self.minutesMax + 1_440 {
      minutes.removeFirst(1_440)
      return index - 1_440
    }
    return index
  }

  private mutating func note(_ minute: Minute) {
    for metric in BedrockMetric.allCases where !minute.aggregate.statistics(metric).isEmpty {
      lastMinutes[metric] = minute.minute
    }
  }

  func lastMinute(_ metric: BedrockMetric) -> Int? {
    if let last = minutes.last, !last.aggregate.statistics(metric).isEmpty { return last.minute }
    return lastMinutes[metric]
  }

  /// The minutes that start in a range of seconds.
  func minutes(in seconds: Range<Int>) -> ArraySlice<Minute> {
    func first(from second: Int) -> Int {
      var low = 0
      var high = minutes.count
      while low < high {
        let middle = (low + high) / 2
        if minutes[middle].minute * 60 < second { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let begin = first(from: seconds.lowerBound)
    return minutes[begin..<max(begin, first(from: seconds.upperBound))]
  }
}

extension LiveModel.Minute {
  init(minute: Int, aggregate: MinuteAggregate) {
    self.init(minute: minute)
    self.aggregate = aggregate
  }

  fileprivate mutating func record(_ invocation: InvocationRecord, cacheRead: Bool, cacheWrite: Bool) {
    switch invocation.outcome {
    case .throttled:
      aggregate.throttles += 1
      return
    case .rejected:
      aggregate.clientErrors += 1
      return
    case .clientError: aggregate.clientErrors += 1
    case .serverError: aggregate.serverErrors += 1
    case .success: break
    }
    aggregate.invocations += invocation.requests
    let times = invocation.requests
    let succeeded = invocation.outcome == .success
    let tokens = invocation.tokens
    if succeeded || tokens != TokenCounts(input: 0, output: 0) {
      Self.add(tokens.input, times, &aggregate.inputTokens, &inputTokens)
      Self.add(tokens.output, times, &aggregate.outputTokens, &outputTokens)
      if cacheRead { Self.add(tokens.cacheRead, times, &aggregate.cacheReadTokens, &cacheReadTokens) }
      if cacheWrite { Self.add(tokens.cacheWrite, times, &aggregate.cacheWriteTokens, &cacheWriteTokens) }
    }
    guard succeeded else { return }
    Self.add(invocation.latencyMilliseconds, times, &aggregate.latency, &latency)
    Self.add(invocation.firstTokenMilliseconds, times, &aggregate.firstToken, &firstToken)
    Self.add(invocation.quotaTokens, times, &aggregate.quotaTokens, &quotaTokens)
  }

  @inline(__always)
  private static func add(_ value: Int?, _ times: Int, _ statistics: inout SampleStatistics, _ histogram: inout Histogram) {
    guard let value else { return }
    statistics.add(Double(value), times: Double(times))
    histogram.add(Double(value), times: times)
  }
}
