package import AWSServer
package import AWSWire
package import Foundation

/// CloudWatch in one Region, in awsJson1_0 and in the query protocol.
package struct CloudWatchService: Sendable {
  let store: MetricStore
  let alarms = AlarmStore()
  let accountID: String
  let region: String
  let tokens: PageToken

  init(store: MetricStore, accountID: String, region: String, tokens: PageToken) {
    self.store = store
    self.accountID = accountID
    self.region = region
    self.tokens = tokens
  }

  /// - Parameter body: decompressed.
  func respond(to request: ServerRequest, body: Data, now: Date) throws(AWSFault) -> ServerResponse {
    let target = request.header("x-amz-target") ?? ""
    let prefix = "GraniteServiceVersion20100801."
    guard request.method == "POST", target.hasPrefix(prefix) else { throw Self.unknown(target) }
    let input: JSONValue
    do throws(JSONReader.Failure) {
      input = body.isEmpty ? .object([]) : try JSONValue(body)
    } catch {
      throw CloudWatchFault.serialization("The request body is not valid JSON at byte \(error.offset).")
    }
    let reply = try call(String(target.dropFirst(prefix.count)), input, now: now)
    return .json(reply.data, version: "1.0")
  }

  /// Carries out one operation.
  package func call(_ operation: String, _ input: JSONValue, now: Date) throws(AWSFault) -> JSONValue {
    guard input.members != nil else { throw CloudWatchFault.serialization("The request body must be a JSON object.") }
    let now = UnixTime.seconds(now)
    let value = CloudWatchInput(input, invalid: CloudWatchFault.invalidValue)
    let validated = CloudWatchInput(input, invalid: CloudWatchFault.validation)
    switch operation {
    case "GetMetricData": return try metricData(validated, now: now)
    case "GetMetricStatistics": return try metricStatistics(value, now: now)
    case "ListMetrics": return try listMetrics(value, now: now)
    case "PutMetricData": return try putMetricData(value, now: now)
    case "PutMetricAlarm": return try putAlarm(validated, now: now)
    case "DescribeAlarms": return try describeAlarms(validated, now: now)
    case "DescribeAlarmsForMetric": return try describeAlarmsForMetric(validated, now: now)
    case "DeleteAlarms": return try deleteAlarms(validated)
    case "SetAlarmState": return try setAlarmState(validated, now: now)
    default: throw Self.unknown(operation)
    }
  }

  /// Removes live metrics, published metrics and alarms; the history stays.
  package func reset() {
    store.reset()
    alarms.reset()
  }

  static func unknown(_ operation: String) -> AWSFault {
    let name = operation.isEmpty ? "this request" : String(operation.prefix(100))
    return AWSFault(
      code: "UnknownOperationException", message: "This emulator does not serve \(name).", status: 404, isModelled: false)
  }
}

extension CloudWatchService {
  /// A service with its own page tokens.
  package init(store: MetricStore, accountID: String, region: String) {
    self.init(store: store, accountID: accountID, region: region, tokens: PageToken())
  }
}

extension JSONValue {
  /// An object of the members that have a value.
  static func object(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// A number; whole numbers have no fraction.
  init(statistic value: Double) { self = value.isWholeNumber ? .integer(Int(value)) : .number(value) }

  init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }

  init(_ dimensions: [MetricKey.Dimension]) {
    self = .array(dimensions.map { ["Name": .string($0.name), "Value": .string($0.value)] })
  }
}
