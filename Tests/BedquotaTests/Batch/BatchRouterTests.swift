import AWSWire
import BedrockQuotas
import Foundation
import TestSupport
import Testing

@testable import AWSClient
@testable import Bedquota

/// A run over several scopes.
struct BatchRouterTests {
  private static let body = #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":9}}"#

  private func folder(_ count: Int) throws -> BatchFolder {
    let folder = try BatchFolder(lines: 0)
    try folder.write((0..<count).map { #"{"recordId":"r\#($0)","modelInput":\#(Self.body)}"# })
    return folder
  }

  private func client(_ id: String, answers: Int = 0) throws -> QuotaAwareClient {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    let model = ScriptedModel(Array(repeating: .reply("Fine.", output: 2), count: answers))
    let resolution = Resolution(
      id: id, modelID: InvokedID(id)?.model, scope: .onDemand, status: .unknown)
    return QuotaAwareClient(
      resolution, session: BedquotaSession(client: AWSClient(configuration: configuration, transport: model)))
  }

  private func router(_ ids: String..., answers: Int = 0) throws -> QuotaRouter {
    try QuotaRouter(ids.enumerated().map { .init("\($0)", try client($1, answers: answers)) })
  }

  /// The first scope denies access after five replies; then the second takes the rest.
  @Test func everyRecordOnceThoughAScopeFails() async throws {
    let folder = try folder(20)
    let fine = Array(repeating: ScriptedModel.Answer.reply("Fine.", output: 2), count: 20)
    let denial = RouterBench.failure(403, "AccessDeniedException")
    let router = try RouterBench.router([Array(fine.prefix(5)) + Array(repeating: denial, count: 20), fine])
    var options = BatchRun.Options()
    options.concurrency = 3
    let run = try await BatchRun(input: folder.input, output: folder.output, router: router, options: options)
    let progress = try await run.run()
    #expect(progress.succeeded == 20 && progress.failed == 0 && progress.reason == nil)
    #expect(try folder.identifiers().sorted() == (0..<20).map { "r\($0)" }.sorted())
    #expect(router.statistics.scopes.map(\.statistics.succeeded) == [5, 15] && router.total.succeeded == 20)
  }

  /// A run goes on with any of its ids, wherever they are invoked.
  @Test func aRunResumesWithOtherScopes() async throws {
    let folder = try folder(3)
    _ = try BatchFiles.open(BatchInput(folder.input), folder.output, models: ["us.a", "a"], options: .init())
    var options = BatchRun.Options()
    options.resumes = true
    for models in [["us.a"], ["b", "us.a"], ["us.a", "c"]] {
      _ = try BatchFiles.open(BatchInput(folder.input), folder.output, models: models, options: options)
    }
    let refusal = #expect(throws: BedquotaError.self) {
      try BatchFiles.open(BatchInput(folder.input), folder.output, models: ["b"], options: options)
    }
    #expect(refusal?.message.contains("another model, us.a") == true)
  }

  @Test func aPlanHoldsInEachScope() throws {
    let folder = try folder(2)
    let plan = try BatchPlan(
      reading: BatchInput(folder.input), for: router("us.amazon.nova-pro-v1:0", "us.anthropic.claude-opus-4-7"))
    #expect(plan.records == 2 && plan.unreadable == 0 && plan.averageMaxTokens == 9)
  }

  /// A million pixels are 2,000 tokens for the one model and 1,334 for the other.
  @Test(arguments: [false, true]) func theDearestModelCounts(isReversed: Bool) throws {
    let folder = try folder(0)
    let picture = MediaBodies.png(1_000, 1_000)
    try folder.write([
      #"{"modelInput":{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"\#(picture)"}}}]}],"inferenceConfig":{"maxTokens":7}}}"#
    ])
    let ids = ["amazon.nova-pro-v1:0", "anthropic.claude-opus-4-7"]
    let router = isReversed ? try router(ids[1], ids[0]) : try router(ids[0], ids[1])
    let plan = try BatchPlan(reading: BatchInput(folder.input), for: router)
    #expect((2_000..<2_080).contains(try #require(plan.averageInputTokens)))
  }

  /// Before anything is paid, and with the record that shows it.
  @Test(
    arguments: [
      (#"{"schemaVersion":"messages-v1","messages":[]}"#, "us.anthropic.claude-opus-4-7"),
      (Self.body, "amazon.titan-embed-text-v2:0"),
    ])
  func bodiesThatNotAllIDsTakeAreRefused(body: String, other: String) throws {
    let folder = try folder(0)
    try folder.write([#"{"recordId":"odd","modelInput":\#(body)}"#])
    let refusal = #expect(throws: BedquotaError.self) {
      try BatchPlan(reading: BatchInput(folder.input), for: router("us.amazon.nova-pro-v1:0", other))
    }
    #expect(refusal?.code == .request && refusal?.message.contains("The body of odd") == true)
    #expect(refusal?.message.contains(other) == true)
  }

  private static let native = #"{"schemaVersion":"messages-v1","messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#
  private static let bought = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123def456"

  /// The ARN of a provisioned throughput, which is asked first, doesn't tell the model; the other id does.
  @Test func aProvisionedThroughputTakesBodiesOfTheFamily() throws {
    let folder = try folder(0)
    try folder.write([#"{"recordId":"native","modelInput":\#(Self.native)}"#])
    let router = try router(Self.bought, "us.amazon.nova-pro-v1:0")
    #expect(router.firstClient.resolution.modelID == nil)
    #expect(router.formingClient.resolution.id == "us.amazon.nova-pro-v1:0")
    let plan = try BatchPlan(reading: BatchInput(folder.input), for: router)
    #expect(plan.records == 1 && plan.unreadable == 0)
    #expect(try self.router(Self.bought).formingClient.resolution.id == Self.bought)
    #expect(throws: BedquotaError.self) {
      try BatchPlan(
        reading: BatchInput(folder.input),
        for: self.router(Self.bought, "us.amazon.nova-pro-v1:0", "us.anthropic.claude-opus-4-7"))
    }
  }

  @Test func whichIDsTakeOneBody() throws {
    let (nova, lite) = (ModelID("amazon.nova-pro-v1:0"), ModelID("amazon.nova-lite-v1:0"))
    let opus = ModelID("anthropic.claude-opus-4-7")
    typealias API = ModelRequest.API
    #expect(API.invokeModel.serves(nova, and: lite, with: .invokeModel))
    #expect(!API.invokeModel.serves(nova, and: opus, with: .invokeModel) && !API.invokeModel.serves(nova, and: opus, with: nil))
    #expect(API.invokeModel.serves(nova, and: nil, with: .converse) && API.invokeModel.serves(nil, and: opus, with: nil))
    #expect(API.converse.serves(nova, and: opus, with: .converse) && !API.converse.serves(nova, and: opus, with: .invokeModel))
  }

  @Test func aModelInTheBodyMayBeAnyOfTheIDs() throws {
    let folder = try folder(0)
    try folder.write(["us.x.m", "x.m", "x.other"].map { #"{"modelInput":{"input":"hi","model":"\#($0)"}}"# })
    let plan = try BatchPlan(reading: BatchInput(folder.input), for: router("us.x.m", "x.m"))
    #expect(plan.otherModels == 1 && plan.firstOtherModel == "x.other")
  }

  @Test func quotasOfScopesAreSummedWhereAllHaveThem() {
    typealias Use = ClientStatistics.QuotaUse
    let east = [
      Use(measure: .rpm, limit: 10, used: 5, utilization: 0.5), Use(measure: .tpm, limit: 100, used: 100, utilization: 1),
    ]
    let west = [Use(measure: .tpm, limit: 300, used: 0, utilization: 0)]
    #expect(Use.sums([east, west]) == [Use(measure: .tpm, limit: 400, used: 100, utilization: 0.25)])
    #expect(Use.sums([east]) == east && Use.sums([[], east]).isEmpty)
  }
}
