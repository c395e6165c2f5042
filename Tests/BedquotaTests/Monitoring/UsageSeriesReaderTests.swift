import AWSClient
import AWSWire
import Bedquota
import Foundation
import TestSupport
import Testing

/// What is asked of CloudWatch, and how its answers are put together.
struct UsageSeriesReaderTests {
  private let window = try! UsageWindow(hours: 1, now: Date(timeIntervalSince1970: 1_795_544_340))

  private func reader(_ steps: [ScriptedTransport.Step]) throws -> (UsageSeriesReader, ScriptedTransport) {
    let transport = ScriptedTransport(steps)
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    return (UsageSeriesReader(client: AWSClient(configuration: configuration, transport: transport, sleep: { _ in })), transport)
  }

  private func page(_ results: String, token: String? = nil) -> ScriptedTransport.Step {
    .reply(status: 200, body: "{\"MetricDataResults\":[\(results)]\(token.map { ",\"NextToken\":\"\($0)\"" } ?? "")}")
  }

  private func result(_ id: String, _ minutes: [Int], _ values: String, status: String = "Complete") -> String {
    let times = minutes.map { "\(window.startSeconds + $0 * 60)" }.joined(separator: ",")
    return "{\"Id\":\"\(id)\",\"Timestamps\":[\(times)],\"Values\":[\(values)],\"StatusCode\":\"\(status)\"}"
  }

  @Test func seriesOfMoreDimensionsAndOtherNamespacesAreLeftOut() async throws {
    let (reader, _) = try reader([
      .reply(
        status: 200,
        body: """
          {"Metrics":[{"Namespace":"AWS/Bedrock","MetricName":"Invocations","Dimensions":[{"Name":"ModelId","Value":"a"}]},
          {"Namespace":"AWS/Bedrock","MetricName":"Invocations","Dimensions":[{"Name":"ModelId","Value":"b"},{"Name":"ServiceTier","Value":"x"}]},
          {"Namespace":"AWS/Bedrock","MetricName":"Invocations","Dimensions":[]}],"NextToken":"n"}
          """),
      .reply(
        status: 200,
        body: """
          {"Metrics":[{"Namespace":"AWS/Bedrock","MetricName":"InputTokenCount","Dimensions":[{"Name":"ModelId","Value":"a"}]}]}
          """),
    ])
    #expect(try await reader.listing().names == ["a": ["Invocations", "InputTokenCount"]])
  }

  @Test func pagesOfOneSeriesAreJoined() async throws {
    let (reader, transport) = try reader([
      page(result("m0_0", [0, 1], "1,2", status: "PartialData"), token: "t"), page(result("m0_0", [2], "4")),
    ])
    let (series, messages) = try await reader.read([["a"]], metrics: [.invocations], window: window, listing: SeriesListing())
    #expect(series[0].total(.invocations) == 7 && messages.isEmpty && series[0].incomplete.isEmpty)
    #expect(transport.requests.count == 2)
    let second = String(decoding: transport.requests[1].body, as: UTF8.self)
    #expect(second.contains("\"NextToken\":\"t\""))
  }

  @Test func whatIsMissingIsTold() async throws {
    let (reader, _) = try reader([page(result("m0_0", [0], "1", status: "InternalError"))])
    let (series, _) = try await reader.read([["a"]], metrics: [.invocations], window: window, listing: SeriesListing())
    #expect(series[0].incomplete == ["InternalError"] && series[0].total(.invocations) == 1)
  }

  /// Both names of the cache metrics where neither is listed; of each minute the newer one that has a datapoint.
  @Test func twoNamesAreNeverAdded() async throws {
    let (reader, transport) = try reader([page(result("m0_0", [0, 1], "5,6") + "," + result("m0_1", [1, 2], "6,7"))])
    let (series, _) = try await reader.read([["a"]], metrics: [.cacheReadTokens], window: window, listing: SeriesListing())
    #expect(series[0].total(.cacheReadTokens) == 18)
    let asked = String(decoding: transport.requests[0].body, as: UTF8.self)
    #expect(asked.contains("\"CacheReadInputTokenCount\"") && asked.contains("\"CacheReadInputTokens\""))
  }

  @Test func aNameThatIsListedIsAskedForAlone() async throws {
    var listing = SeriesListing()
    listing.add([
      Metric(namespace: "AWS/Bedrock", name: "CacheReadInputTokens", dimensions: [.init(name: "ModelId", value: "a")])
    ])
    let (reader, transport) = try reader([page(result("m0_0", [0], "5"))])
    let (series, _) = try await reader.read([["a"]], metrics: [.cacheReadTokens], window: window, listing: listing)
    #expect(series[0].total(.cacheReadTokens) == 5)
    #expect(!String(decoding: transport.requests[0].body, as: UTF8.self).contains("CacheReadInputTokenCount"))
  }

  /// A call is asked for no more than CloudWatch answers on one page.
  @Test(arguments: [(1.0, 500), (24, 70), (360, 4)])
  func callsAreCut(hours: Double, queriesMax: Int) async throws {
    let window = try UsageWindow(hours: hours, now: Date(timeIntervalSince1970: 1_795_544_340))
    let (reader, transport) = try reader(Array(repeating: page(""), count: 300))
    let pools = (0..<60).map { ["series\($0)"] }
    _ = try await reader.read(pools, metrics: UsageMetric.allCases, window: window, listing: SeriesListing())
    var asked = 0
    for request in transport.requests {
      let queries = String(decoding: request.body, as: UTF8.self).components(separatedBy: "\"Id\"").count - 1
      #expect(queries <= queriesMax)
      asked += queries
    }
    // Eleven metrics, two of them under two names.
    #expect(asked == 60 * 13)
  }

  @Test func aSumOverSeriesKeepsTheParts() async throws {
    let (reader, _) = try reader([page(result("m0_0", [0], "5") + "," + result("m1_0", [0, 3], "1,2"))])
    let (series, _) = try await reader.read([["a", "b"]], metrics: [.invocations], window: window, listing: SeriesListing())
    #expect(series[0].total(.invocations) == 8)
    #expect(series[0].totals.mapValues { $0[UsageMetric.invocations.rawValue] } == ["a": 5, "b": 3])
    #expect(series[0].dataUntil == window.startSeconds + 4 * 60)
  }

  /// An alarm reads the parts one by one, so their order must be the same in every process.
  @Test func partsAreInOrder() {
    var listing = SeriesListing(.mantle(.builtIn))
    let projects = (0..<40).map { "p\($0)" }
    listing.add(
      projects.map {
        Metric(
          namespace: "AWS/BedrockMantle", name: "InputTokens",
          dimensions: [.init(name: "Model", value: "m"), .init(name: "Project", value: $0)])
      })
    let ways = listing.ways(to: .inputTokens, of: SeriesKey("m", on: .mantle))
    #expect(ways.map { way in way.compactMap { $0.dimensions?.last?.value } } == [projects.sorted()])
  }

  /// More projects than a call has room for; the sum is of all.
  @Test func partsAreAddedOverCalls() async throws {
    var listing = SeriesListing(.mantle(.builtIn))
    listing.add(
      (0..<120).map {
        Metric(
          namespace: "AWS/BedrockMantle", name: "InputTokens",
          dimensions: [.init(name: "Model", value: "m"), .init(name: "Project", value: "p\($0)")])
      })
    let ids = [(0, 0), (0, 49), (1, 0), (2, 19)].map { place, index in index == 0 ? "m\(place)_0" : "m\(place)_0_\(index)" }
    let (reader, transport) = try reader([page(ids.map { result($0, [0, 1], "1,2") }.joined(separator: ","))])
    let keys = [[SeriesKey("m", on: .mantle)]]
    let (series, _) = try await reader.read(keys, metrics: [.inputTokens], window: window, listings: [listing])
    #expect(series[0].total(.inputTokens) == 12 && series[0].totals.count == 1)
    let asked = String(decoding: transport.requests[0].body, as: UTF8.self)
    #expect(asked.components(separatedBy: "\"Id\"").count - 1 == 120)
  }

  @Test(arguments: [
    "{}", "[]", "{\"MetricDataResults\":[{\"Id\":\"m0_0\",\"Timestamps\":[1],\"Values\":[]}]}",
    "{\"MetricDataResults\":[{\"Timestamps\":[],\"Values\":[]}]}",
    "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[1],\"Values\":[\"x\"]}]}",
  ])
  func repliesThatAreNone(body: String) throws {
    #expect(throws: (any Error).self) { _ = try MetricDataPage(json: Data(body.utf8)) }
  }

  @Test func numbersThatJSONCannotWrite() throws {
    let page = try MetricDataPage(
      json: Data(
        "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[1,2.5,3],\"Values\":[\"NaN\",\"-Infinity\",1e3],\"Label\":\"x\"}],\"Messages\":[{\"Code\":\"c\",\"Value\":\"v\"}]}"
          .utf8))
    #expect(page.results[0].values[0].isNaN && page.results[0].values[1] == -.infinity && page.results[0].values[2] == 1_000)
    #expect(page.messages == ["v"])
  }
}

extension UsageSeriesReader {
  /// The sums of pools of bedrock-runtime.
  fileprivate func read(
    _ pools: [[String]], metrics: [UsageMetric], window: UsageWindow, listing: SeriesListing
  ) async throws -> (series: [UsageSeries], messages: [String]) {
    try await read(pools.map { $0.map { SeriesKey($0) } }, metrics: metrics, window: window, listings: [listing])
  }
}
