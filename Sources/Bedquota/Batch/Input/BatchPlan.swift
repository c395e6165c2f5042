public import BedrockQuotas
public import Foundation

/// What a file of requests holds: the number of its records, and averages over a sample of the first ones.
public struct BatchPlan: Sendable {
  private static let sampleMax = 1_000
  private static let sampleBytesMax = 32 << 20

  /// Lines that aren't blank.
  public var records = 0
  /// Records of the sample that hold no request.
  public var unreadable = 0
  /// Estimated input tokens of a request of the sample, on average; nil if the sample has no request.
  public var averageInputTokens: Int?
  /// Average max_tokens of the requests in the sample that set it; nil if none does.
  public var averageMaxTokens: Int?
  /// Requests of the sample without max_tokens; an embedding model needs none.
  public var withoutMaxTokens = 0
  /// Requests of the sample whose bodies name another model, and which are therefore not sent.
  public var otherModels = 0
  /// The first of those models; nil if there is none.
  public var firstOtherModel: String?
  /// Records in the sample: at most 1,000, and fewer if they are large.
  public var sample = 0
  /// Records whose id an earlier record has.
  public var repeatedIDs = 0
  /// The first id that two records have; nil if there is none.
  public var firstRepeatedID: String?

  /// - Parameters:
  ///   - model: the model that the requests are for, which decides their form and the cost of their media; nil if unknown.
  ///   - id: the id to invoke, which is the one that bodies may name; nil: they may name any.
  ///   - api: as in ``BatchRun/Options/api``.
  ///   - endpoint: the one that takes the requests.
  /// - Throws: ``BedquotaError`` (`file`) if the file can't be read.
  public init(
    reading url: URL, for model: ModelID? = nil, id: String? = nil, api: ModelRequest.API? = nil,
    on endpoint: QuotaEndpoint = .runtime
  ) throws {
    try self.init(reading: BatchInput(url), for: model, id: id, api: api, on: endpoint)
  }

  /// - Parameters:
  ///   - model: the model that the requests are for, which decides their form and the cost of their media; nil if unknown.
  ///   - id: the id to invoke, which is the one that bodies may name; nil: they may name any.
  ///   - api: as in ``BatchRun/Options/api``.
  ///   - endpoint: the one that takes the requests.
  /// - Throws: ``BedquotaError`` (`file`) if the input can't be read.
  public init(
    reading input: BatchInput, for model: ModelID? = nil, id: String? = nil, api: ModelRequest.API? = nil,
    on endpoint: QuotaEndpoint = .runtime
  ) throws {
    try self.init(reading: input, for: [Target(model: model, id: id, endpoint: endpoint)], api: api)
  }

  /// A plan whose sizes hold in each scope of a client: those of the model that counts the most input.
  /// - Throws: ``BedquotaError`` (`file`) if the input can't be read; (`request`) if its bodies are in a form that not all ids take.
  package init(reading input: BatchInput, for client: some ModelClient, api: ModelRequest.API? = nil) throws {
    var targets: [Target] = []
    for resolution in [client.formingClient.resolution] + client.candidates.map(\.client.resolution) {
      let target = Target(model: resolution.modelID, id: resolution.id, endpoint: resolution.endpoint)
      if !targets.contains(target) { targets.append(target) }
    }
    try self.init(reading: input, for: targets, api: api)
  }

  /// - Parameter targets: what the requests may invoke; one or more, and they are formed for the first.
  private init(reading input: BatchInput, for targets: [Target], api: ModelRequest.API?) throws {
    let (model, endpoint) = (targets[0].model, targets[0].endpoint)
    let mediaCosts = targets.map { Facts.builtIn.mediaCost(of: $0.model) }
    var sizes: (input: Int, maxTokens: Int, withMax: Int, requests: Int) = (0, 0, 0, 0)
    var ids: Set<UInt64> = []
    var sampleBytes = 0
    var all = try RecordReader.Records(input)
    while let record = try all.next() {
      records += 1
      if !ids.insert(RecordKey.hash(record.recordID)).inserted {
        repeatedIDs += 1
        firstRepeatedID = firstRepeatedID ?? record.recordID
      }
      guard sample < Self.sampleMax, sampleBytes < Self.sampleBytesMax else { continue }
      sample += 1
      sampleBytes += record.lineBytes
      guard let request = record.request(for: model, api: api, on: endpoint) else {
        unreadable += 1
        continue
      }
      try Self.check(request, record, api, fits: targets)
      let others = targets.map { $0.otherModel(in: request) }
      if let other = others[0], others.allSatisfy({ $0 != nil }) {
        otherModels += 1
        firstOtherModel = firstOtherModel ?? other
      }
      sizes.requests += 1
      sizes.input += mediaCosts.reduce(0) { max($0, InputSize(request.body, $1).estimatedTokens) }
      // An embedding model has no output, whatever the body says.
      guard model?.isEmbeddingModel != true else { continue }
      if let maxTokens = request.maxTokens {
        let (sum, isTooLarge) = sizes.maxTokens.addingReportingOverflow(maxTokens)
        sizes.maxTokens = isTooLarge ? .max : sum
        sizes.withMax += 1
      } else {
        withoutMaxTokens += 1
      }
    }
    if sizes.requests > 0 { averageInputTokens = sizes.input / sizes.requests }
    if sizes.withMax > 0 { averageMaxTokens = sizes.maxTokens / sizes.withMax }
  }
}

extension BatchPlan {
  /// An id that requests may invoke.
  private struct Target: Equatable {
    /// nil if unknown.
    var model: ModelID?
    /// The one that bodies may name; nil: they may name any.
    var id: String?
    var endpoint: QuotaEndpoint

    /// The model that a body names, if it isn't this one; nil if it is, or the body names none.
    func otherModel(in request: ModelRequest) -> String? {
      id.flatMap { request.otherModel(than: $0, alias: endpoint == .mantle ? model?.mantleKey : nil) }
    }
  }

  /// Refuses a body that only some of the ids take, before anything is paid.
  private static func check(
    _ request: ModelRequest, _ record: BatchRecord, _ api: ModelRequest.API?, fits targets: [Target]
  ) throws {
    for target in targets.dropFirst() {
      let other = record.request(for: target.model, api: api, on: target.endpoint)?.api
      guard !request.api.serves(targets[0].model, and: target.model, with: other) else { continue }
      let isOfFamily = request.api == .invokeModel
      let form = isOfFamily ? "of the family of \(targets[0].id ?? "the first id")" : "for \(request.api.rawValue)"
      throw BedquotaError(
        .request,
        "The body of \(record.recordID.prefix(80)) is one \(form), which \(target.id ?? "another id") doesn't take. Name ids that take the same bodies, or write bodies for Converse."
      )
    }
  }
}
