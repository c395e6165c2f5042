package import AWSWire
package import BedrockQuotas

/// Decides which alarms a pool of ids should have. Pure.
package struct AlarmDesign {
  package let settings: AlarmSettings
  package let listing: SeriesListing

  package init(_ settings: AlarmSettings, listing: SeriesListing) {
    self.settings = settings
    self.listing = listing
  }

  /// The alarms of a pool, and the quotas that get none.
  package struct Result: Sendable {
    package var alarms: [WantedAlarm] = []
    package var leftOut: [AlarmPlan.LeftOut] = []
  }

  /// An alarm as it should be.
  package struct WantedAlarm: Sendable, Equatable {
    package var subject: AlarmSubject
    package var quota: Quota?
    /// The quota's effective value.
    package var quotaValue: Double?
    package var definition: MetricAlarm
  }

  /// How an alarm judges its datapoints.
  private struct Rule {
    var comparison = "GreaterThanOrEqualToThreshold"
    var threshold: Double
    /// CloudWatch may be late with the last minute, which FILL makes 0, so some minutes are looked at: one at the threshold is enough.
    var periods = 5
    var datapoints = 1
  }

  /// The alarms of one pool: one for each quota whose use CloudWatch shows, and one for throttled requests.
  package func alarms(of pool: QuotaPool) -> Result {
    let resolution = pool.resolution
    let queries = AlarmQueries(series: series(of: pool), listing: listing)
    var result = Result()
    for measure in [QuotaMeasure.rpm, .tpm, .inputTPM, .outputTPM, .tpd] {
      guard let quota = resolution.quota(measure) else { continue }
      guard let value = quota.value(for: resolution.scope) else {
        result.leftOut.append(.init(pool.id, quota, "its value is not known"))
        continue
      }
      guard value > 0 else {
        result.leftOut.append(.init(pool.id, quota, "the quota is 0, so every request is throttled"))
        continue
      }
      guard let made = made(measure, queries, resolution) else {
        result.leftOut.append(.init(pool.id, quota, Self.tooMany(queries.series.count)))
        continue
      }
      let rule = Rule(threshold: Self.share(settings.share, of: value), periods: measure == .tpd ? 1 : 5)
      add(
        .quota(measure), quota, value, made, rule,
        "\(measure.words) of \(subject(resolution)) reached \(NumberText.significant(settings.share * 100)) % of the quota of \(NumberText.whole(value)) (\(quota.code)). \(made.words). \(Self.blindness(measure))",
        pool, &result)
    }
    for quota in resolution.quotas(.tpd) where quota.name.scope == .other {
      result.leftOut.append(.init(pool.id, quota, "AWS accounts it by price, over all models: tokens don't tell its use"))
    }
    for quota in resolution.quotas(.concurrent) {
      result.leftOut.append(.init(pool.id, quota, "CloudWatch doesn't show how many requests are in flight"))
    }
    let variants = Set(resolution.variants.map(\.variant))
    for variant in [QuotaVariant.context1M, .latencyOptimized] where variants.contains(variant) {
      result.leftOut.append(
        .init(id: pool.id, reason: "its \(variant.rawValue) quotas: CloudWatch doesn't tell such requests from the others"))
    }
    if resolution.quotas.isEmpty {
      result.leftOut.append(.init(id: pool.id, reason: "no quota of it is known"))
      // Without traffic either, the id may be a slip.
      guard pool.series.contains(where: { listing.models.contains($0) }) else { return result }
    }
    guard pool.endpoint != .mantle else {
      result.leftOut.append(.init(id: pool.id, reason: "throttled requests: bedrock-mantle doesn't publish them"))
      return result
    }
    if let made = queries.throttles {
      add(
        .throttles, nil, nil, made, Rule(comparison: "GreaterThanThreshold", threshold: 0),
        "requests of \(subject(resolution)) were throttled. \(made.words).", pool, &result)
    } else {
      result.leftOut.append(.init(id: pool.id, reason: "throttled requests: \(Self.tooMany(queries.series.count))"))
    }
    return result
  }

  /// Without the error of binary fractions: 0.55 × 200 is a little more than 110, which 110 requests would not reach.
  private static func share(_ share: Double, of value: Double) -> Double {
    let exact = share * value
    let rounded = (exact * 1e6).rounded() / 1e6
    return rounded > 0 && rounded.isFinite ? rounded : exact
  }

  private func made(_ measure: QuotaMeasure, _ queries: AlarmQueries, _ resolution: Resolution) -> AlarmQueries.Made? {
    switch measure {
    case .rpm: queries.demand
    case .tpm: queries.tokens(burndown: resolution.outputBurndown, period: 60)
    case .inputTPM, .outputTPM: queries.mantleTokens(measure)
    default: queries.tokens(burndown: resolution.outputBurndown, period: 86_400)
    }
  }

  /// The series that CloudWatch lists, and the id itself. Of the two names that an ARN's series may have, one is listed if it has data.
  private func series(of pool: QuotaPool) -> [String] {
    let listed = pool.series.filter { listing.models.contains($0) || $0 == pool.id && !$0.hasPrefix("arn:") }
    return listed.isEmpty ? pool.series : listed
  }

  private func subject(_ resolution: Resolution) -> String {
    resolution.modelID.map { "\($0) (\(resolution.scope.rawValue))" } ?? resolution.id
  }

  private static func tooMany(_ count: Int) -> String {
    "its \(count) series need more than the \(AlarmQueries.metricsMax) metrics that an alarm may have"
  }

  /// What CloudWatch can't show, so neither can an alarm on it.
  private static func blindness(_ measure: QuotaMeasure) -> String {
    switch measure {
    case .rpm: "A burst within a minute doesn't show."
    case .outputTPM: "Replies end where the quota is used up."
    case .tpm, .inputTPM:
      "What max_tokens reserves while a request runs is not in CloudWatch: requests may be throttled below this."
    default: "What max_tokens reserves while a request runs is not in CloudWatch."
    }
  }

  private func add(
    _ subject: AlarmSubject, _ quota: Quota?, _ value: Double?, _ made: AlarmQueries.Made, _ rule: Rule, _ text: String,
    _ pool: QuotaPool, _ result: inout Result
  ) {
    let name = AlarmName.prefix(of: pool.resolution) + subject.name
    guard name.count <= AlarmName.lengthMax else {
      result.leftOut.append(
        .init(id: pool.id, measure: quota?.name.measure, code: quota?.code, reason: "an alarm's name can't be that long"))
      return
    }
    var alarm = MetricAlarm(name: name)
    // CloudWatch takes 1,024 characters; the ids in it may be long.
    alarm.description = "\(Self.capitalized(text).prefix(1_000)) \(AlarmName.marker)"
    alarm.comparison = rule.comparison
    alarm.threshold = rule.threshold
    alarm.evaluationPeriods = rule.periods
    alarm.datapointsToAlarm = rule.datapoints
    // No datapoint means no traffic.
    alarm.missingData = "notBreaching"
    alarm.queries = made.queries
    if let topics = settings.topics {
      alarm.alarmActions = topics
      alarm.okActions = settings.notifiesRecovery ? topics : []
    }
    result.alarms.append(WantedAlarm(subject: subject, quota: quota, quotaValue: value, definition: alarm))
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
