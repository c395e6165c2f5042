import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// What clients can't make CloudWatch do: keep more and more, or work without end on a small request.
struct CloudWatchLimitTests {
  let now = Date(timeIntervalSince1970: 1_795_528_080)
  let service = CloudWatchService(store: MetricStore(history: nil), accountID: "111122223333", region: "us-east-1")

  private func code(_ operation: String, _ input: JSONValue) -> String? {
    do throws(AWSFault) {
      _ = try service.call(operation, input, now: now)
      return nil
    } catch {
      return error.code
    }
  }

  /// Thirty dimensions of four kilobytes; the emulator must not keep ten thousand of these.
  @Test func metricsWithLongNamesFillTheStoreSooner() {
    let value = String(repeating: "\u{1F600}", count: 1_024)
    let dimensions = JSONValue.array((0..<30).map { ["Name": .string("d\($0)"), "Value": .string(value)] })
    var refused: String?
    var kept = 0
    while refused == nil, kept < 10_000 {
      let data = JSONValue.array(
        (0..<50).map { ["MetricName": .string("m\(kept + $0)"), "Value": 1, "Dimensions": dimensions] })
      refused = code("PutMetricData", ["Namespace": "n", "MetricData": data])
      kept += 50
    }
    #expect(refused == "LimitExceededFault" && kept <= 1_100, "\(kept) series")
    #expect(code("PutMetricData", ["Namespace": "n", "MetricData": [["MetricName": "x", "Value": 1]]]) != nil)
    service.reset()
    #expect(code("PutMetricData", ["Namespace": "n", "MetricData": [["MetricName": "x", "Value": 1]]]) == nil)
  }

  private func metricData(_ expressions: [String], hours: Int = 24 * 15) -> JSONValue {
    let metric: JSONValue = [
      "Id": "m", "ReturnData": false,
      "MetricStat": ["Metric": ["Namespace": "AWS/Bedrock", "MetricName": "Invocations"], "Period": 60, "Stat": "Sum"],
    ]
    let queries = expressions.enumerated().map { index, text -> JSONValue in
      ["Id": .string("e\(index)"), "Expression": .string(text)]
    }
    let end = Int(now.timeIntervalSince1970)
    return [
      "StartTime": .integer(end - hours * 3_600), "EndTime": .integer(end), "MetricDataQueries": .array([metric] + queries),
    ]
  }

  /// Two kilobytes of text that go over the same minutes hundreds of times.
  @Test func anExpressionCostsWhatItGoesThrough() {
    let long = "m" + String(repeating: "+m", count: 1_000)
    #expect(code("GetMetricData", metricData([long])) == "ValidationError")
    #expect(code("GetMetricData", metricData([long], hours: 1)) == nil)
    let list = "SUM([m" + String(repeating: ",m", count: 900) + "])"
    #expect(code("GetMetricData", metricData([list])) == "ValidationError")
    let deep =
      ["m" + String(repeating: "+m", count: 500)] + (1..<8).map { "e\($0 - 1)" + String(repeating: "+e\($0 - 1)", count: 500) }
    #expect(code("GetMetricData", metricData(deep, hours: 30)) == "ValidationError")
    #expect(code("GetMetricData", metricData(["m*2", "FILL(m,0)", "SUM([m,e0])"])) == nil, "what people write")
  }

  @Test func manyExpressionsComeInPages() throws {
    let input = metricData((0..<150).map { _ in "FILL(m,0)" })
    var members = try #require(input.members)
    var ids: Set<String> = []
    var pages = 0
    while pages < 1_000 {
      let page = try service.call("GetMetricData", .object(members), now: now)
      ids.formUnion(page["MetricDataResults"]?.array?.compactMap { $0["Id"]?.string } ?? [])
      pages += 1
      guard let token = page["NextToken"]?.string else { break }
      members.removeAll { $0.name == "NextToken" }
      members.append(.init("NextToken", .string(token)))
    }
    #expect(pages > 5 && ids.count == 150)
  }
}
