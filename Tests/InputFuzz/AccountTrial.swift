import AWSServer
import AWSWire
import AdmissionSimulation
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import HTTPTypes
import Reports

/// Mutated account folders: each is refused with a sentence, or the emulator serves it and everything about it can be read.
struct AccountTrial: FuzzTrial {
  private static let ids = [
    "amazon.nova-pro-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-opus-4-6-v1", "cohere.embed-v4:0",
  ]
  private let folder: FuzzFolder
  private let files: [(name: String, json: [UInt8])]
  private var served = 0
  private var refused = 0

  init(_ folder: FuzzFolder) throws {
    self.folder = folder
    let account = try SampleAccount.load()
    let kept = ["Nova Pro", "Sonnet 4.5", "Embed"]
    let isKept: (ServiceQuota) -> Bool = { quota in kept.contains { quota.quotaName?.contains($0) == true } }
    let named = Self.ids.map { $0.replacing("us.", with: "") }
    let pages: [(String, any Encodable)] = [
      ("list-service-quotas.json", ServiceQuotaPage(quotas: Array(account.applied.filter(isKept).prefix(12)))),
      ("list-aws-default-service-quotas.json", ServiceQuotaPage(quotas: Array(account.defaults.filter(isKept).prefix(12)))),
      (
        "list-foundation-models.json",
        FoundationModelList(modelSummaries: account.models.filter { named.contains($0.modelId) })
      ),
      (
        "list-inference-profiles.json",
        InferenceProfilePage(
          inferenceProfileSummaries: Array(account.profiles.filter { Self.ids.contains($0.inferenceProfileId) }))
      ),
      (
        "list-provisioned-model-throughputs.json",
        ProvisionedModelPage(provisionedModelSummaries: Array(account.provisioned.prefix(2)))
      ),
    ]
    func encoded(_ page: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(page)) }
    var files = [("account.json", Array(#"{"accountId":"123456789012","region":"us-east-1"}"#.utf8))]
    for (name, page) in pages { files.append((name, try encoded(page))) }
    self.files = files
  }

  var summary: String { "\(served) served, \(refused) refused" }

  mutating func run(_ random: inout Random) async throws -> String? {
    let directory = try folder.emptied("account")
    let changed = random.below(files.count)
    for (index, file) in files.enumerated() {
      var bytes = file.json
      if index == changed {
        bytes = random.chance(0.8) ? Mutator.refilled(bytes, &random) : Mutator.mutated(bytes, &random)
      }
      if random.chance(0.01) { continue }
      try Data(bytes).write(to: directory.appending(path: file.name))
    }
    let emulator: Emulator
    do {
      emulator = try Emulator(accounts: try AccountFolder.load(directory), access: .anyone)
    } catch let error as EmulatorError {
      refused += 1
      return error.message.isEmpty ? "a refusal without a sentence" : nil
    }
    served += 1
    return try await read(emulator, &random)
  }

  private func read(_ emulator: Emulator, _ random: inout Random) async throws -> String? {
    let session = try FuzzTransport { request in
      let headers = request.head.headerFields.map { ($0.name.rawName, $0.value) }
      let reply = await emulator.respond(
        to: ServerRequest(
          method: request.head.method.rawValue, target: request.head.path ?? "/", headers: headers, body: request.body))
      return .init(status: reply.status, headers: reply.headers.map { ($0.name, $0.value) }, pieces: [Array(reply.body)])
    }.session()
    let ids = Self.ids.compactMap { InvokedID($0) }
    do {
      let context = try await session.discovery.context(for: ids)
      _ = try QuotaListView(QuotaListing(context.inventory, pages: 1, filter: QuotaFilter())).render(as: .json, usesColor: false)
      let resolutions = ids.map { context.resolver.resolve($0) }
      _ = try ResolutionView(resolutions).render(as: random.pick([.json, .table, .csv]), usesColor: false)
      for id in [random.pick(ids)] {
        let figures = Figure.instant(&random)
        guard let report = try? CapacityReport(of: id, workload: figures, in: context, provisioned: nil) else { continue }
        _ = try CapacityView(report).render(as: random.pick([.json, .table]), usesColor: false)
      }
    } catch let error as AWSClientError {
      return error.message.isEmpty ? "an error without a sentence" : nil
    }
    return nil
  }
}
