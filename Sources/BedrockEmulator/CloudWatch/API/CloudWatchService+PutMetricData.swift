import AWSServer
import AWSWire

extension CloudWatchService {
  /// CloudWatch's limits of a request.
  private static let dataMax = 1_000
  private static let valuesMax = 150

  func putMetricData(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let namespace = try input.requiredText("Namespace", max: 255)
    guard !namespace.hasPrefix("AWS/"), !namespace.hasPrefix(":") else { throw input.refuse("Namespace", namespace) }
    var data = try input.structures("MetricData", max: Self.dataMax)
    // Entities say what the metrics belong to; the emulator keeps only the metrics.
    for entity in try input.structures("EntityMetricData", max: 2) ?? [] {
      data = (data ?? []) + (try entity.structures("MetricData", max: Self.dataMax) ?? [])
    }
    guard let data, !data.isEmpty else { throw CloudWatchFault.missing("MetricData") }
    var samples: [CustomMetrics.Sample] = []
    for datum in data { samples.append(try Self.sample(datum, namespace: namespace, now: now)) }
    do throws(CustomMetrics.Refusal) {
      try store.publish(samples, now: now)
    } catch {
      switch error {
      case .tooManySeries:
        throw CloudWatchFault.limitExceeded("The emulator keeps at most \(CustomMetrics.seriesMax) custom metrics.")
      case .tooManyPoints:
        throw CloudWatchFault.limitExceeded(
          "The emulator keeps at most \(CustomMetrics.pointsMax) periods of custom metrics, in \(CustomMetrics.bytesMax) bytes.")
      }
    }
    return [:]
  }

  private static func sample(_ datum: CloudWatchInput, namespace: String, now: Int) throws(AWSFault) -> CustomMetrics.Sample {
    let key = MetricKey(
      namespace: namespace, name: try datum.requiredText("MetricName", max: 255), dimensions: try datum.dimensions())
    let time = try datum.time("Timestamp") ?? now
    guard time >= now - 14 * 86_400 else {
      throw datum.invalid("The parameter \(datum.path)Timestamp must specify a time no more than two weeks in the past.")
    }
    guard time <= now + 7_200 else {
      throw datum.invalid("The parameter \(datum.path)Timestamp must specify a time no more than two hours in the future.")
    }
    let resolution = try datum.integer("StorageResolution", in: 1...60) ?? 60
    guard resolution == 1 || resolution == 60 else { throw datum.refuse("StorageResolution", resolution) }
    let values = try values(datum)
    var statistics = SampleStatistics()
    if let set = try datum.structure("StatisticValues") {
      statistics = try Self.statistics(set)
    } else {
      for (value, count) in values { statistics.add(value, times: count) }
    }
    return CustomMetrics.Sample(
      key: key, unit: try datum.unit() ?? "None", time: time, isHighResolution: resolution == 1, statistics: statistics,
      // If all samples are the same, the statistics determine every percentile.
      values: values.isEmpty && statistics.minimum == statistics.maximum ? [(statistics.minimum, statistics.count)] : values)
  }

  /// Value, or Values with their Counts; empty if the datum has StatisticValues.
  private static func values(_ datum: CloudWatchInput) throws(AWSFault) -> [(value: Double, count: Double)] {
    let given = ["Value", "Values", "StatisticValues"].filter(datum.has)
    guard let kind = given.first else {
      throw datum.invalid("One of the parameters \(datum.path)Value, Values or StatisticValues is required.")
    }
    guard given.count == 1 else {
      throw CloudWatchFault.invalidCombination(
        "The parameters \(datum.path)\(given[0]) and \(datum.path)\(given[1]) are mutually exclusive and you have specified both."
      )
    }
    guard kind != "Value" else { return try datum.number("Value").map { [($0, 1)] } ?? [] }
    guard let values = try datum.numbers("Values", max: valuesMax) else { return [] }
    let counts = try datum.numbers("Counts", max: valuesMax) ?? values.map { _ in 1 }
    guard !values.isEmpty, counts.count == values.count else {
      throw datum.invalid("The parameters \(datum.path)Values and \(datum.path)Counts must be of the same size, and not empty.")
    }
    for count in counts where count <= 0 { throw datum.refuse("Counts", count) }
    return zip(values, counts).map { ($0, $1) }
  }

  private static func statistics(_ set: CloudWatchInput) throws(AWSFault) -> SampleStatistics {
    guard let count = try set.number("SampleCount"), let sum = try set.number("Sum"), let minimum = try set.number("Minimum"),
      let maximum = try set.number("Maximum")
    else {
      let missing = ["SampleCount", "Sum", "Minimum", "Maximum"].first { !set.has($0) } ?? "Sum"
      throw CloudWatchFault.missing(set.path + missing)
    }
    guard count > 0 else { throw set.refuse("SampleCount", count) }
    guard minimum <= maximum else {
      throw set.invalid("The parameter \(set.path)Maximum must be greater than \(set.path)Minimum.")
    }
    return SampleStatistics(count: count, sum: sum, minimum: minimum, maximum: maximum)
  }
}
