import AWSWire
import BedrockQuotas

/// The metric math of alarms. It is the arithmetic of ``UsageCalculation`` and ``QuotaTokenCounts`` in CloudWatch's words: the sum over
/// all series of a pool, and of two counts of quota tokens the higher one.
///
/// Bedrock publishes only what happened, so each metric is filled with 0. Sums of lists leave out what has no value at all, as a metric
/// that was never published; `a + b` would have no value then.
struct AlarmQueries {
  /// The metrics that an alarm's expression may include.
  ///
  /// Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-concepts.html, "Metric math".
  static let metricsMax = 10

  /// The values of `ModelId`, or of `Model` on bedrock-mantle, whose requests count together.
  let series: [String]
  let listing: SeriesListing

  /// The queries of one alarm, the watched one last, and what they count.
  struct Made {
    var queries: [MetricDataQuery]
    /// In words, for the alarm's description.
    var words: String
  }

  /// Accepted and throttled requests per minute; nil if there are too many series for an alarm.
  var demand: Made? {
    let metrics = metrics(.invocations, "accepted") + metrics(.throttles, "throttled")
    guard metrics.count <= Self.metricsMax else { return nil }
    return Made(
      queries: metrics + [watched("requests", Self.sum(metrics), "Requests per minute, accepted and throttled")],
      words: "Accepted and throttled requests are counted; every retry of an SDK is a request")
  }

  /// nil if there are too many series for an alarm.
  var throttles: Made? {
    let metrics = metrics(.throttles, "throttled")
    guard metrics.count <= Self.metricsMax else { return nil }
    return Made(
      queries: metrics + [watched("throttles", Self.sum(metrics), "Throttled requests per minute")],
      words: "CloudWatch doesn't say which quota it was")
  }

  /// A minute's tokens of bedrock-mantle: input and output, which the quota of input keeps, or output alone; nil if there are too many
  /// series for an alarm.
  func mantleTokens(_ measure: QuotaMeasure) -> Made? {
    let isInput = measure == .inputTPM
    let metrics = (isInput ? metrics(.inputTokens, "input") : []) + metrics(.outputTokens, "output")
    guard metrics.count <= Self.metricsMax else { return nil }
    let what = isInput ? "Input and output tokens" : "Output tokens"
    return Made(
      queries: metrics + [watched("tokens", Self.sum(metrics), "\(what) per minute")],
      words: isInput
        ? "Input and output are counted, as the quota of input keeps both; so is input read from the cache, which that quota leaves out"
        : "Output tokens are counted")
  }

  /// Quota tokens; nil if there are too many series for an alarm.
  /// - Parameters:
  ///   - burndown: nil if unknown; then AWS's own count is all there is.
  ///   - period: seconds.
  func tokens(burndown: Int?, period: Int) -> Made? {
    let label = "Quota tokens per \(period == 86_400 ? "day" : "minute")"
    let estimates = metrics(.estimatedQuotaTokens, "estimated", period)
    guard let burndown, series.count * 4 <= Self.metricsMax else {
      guard series.count <= Self.metricsMax else { return nil }
      let why = burndown == nil ? "its burndown is not known" : "the formula needs more metrics than an alarm may have"
      return Made(
        queries: estimates + [watched("tokens", Self.sum(estimates), label)],
        words: "EstimatedTPMQuotaUsage alone is counted, because \(why); it leaves out requests that failed")
    }
    let whole = metrics(.inputTokens, "input", period) + metrics(.cacheWriteTokens, "written", period)
    let output = metrics(.outputTokens, "output", period)
    let steps = [
      MetricDataQuery(id: "prompt", expression: Self.sum(whole), label: "Input and cache writes", returnsData: false),
      MetricDataQuery(
        id: "reply", expression: "\(burndown) * \(Self.sum(output))", label: "Output, with its burndown", returnsData: false),
      MetricDataQuery(id: "formula", expression: "SUM([prompt, reply])", label: "By the formula", returnsData: false),
      MetricDataQuery(id: "estimate", expression: Self.sum(estimates), label: "By EstimatedTPMQuotaUsage", returnsData: false),
    ]
    return Made(
      queries: whole + output + estimates + steps + [watched("tokens", "MAX([formula, estimate])", label)],
      words:
        "Input + cache write + \(burndown) x output is counted, or EstimatedTPMQuotaUsage where that is higher")
  }

  private func metrics(_ metric: UsageMetric, _ id: String, _ period: Int = 60) -> [MetricDataQuery] {
    // The first way is by the name that is listed, else by the newest one.
    let all = series.flatMap { listing.ways(to: metric, of: SeriesKey($0, on: listing.source.endpoint)).first ?? [] }
    return all.enumerated().map { index, metric in
      MetricDataQuery(id: "\(id)\(index + 1)", metric: metric, period: period, statistic: "Sum", returnsData: false)
    }
  }

  private func watched(_ id: String, _ expression: String, _ label: String) -> MetricDataQuery {
    MetricDataQuery(id: id, expression: expression, label: label, returnsData: true)
  }

  private static func sum(_ queries: [MetricDataQuery]) -> String {
    "SUM([\(queries.map { "FILL(\($0.id), 0)" }.joined(separator: ", "))])"
  }
}
