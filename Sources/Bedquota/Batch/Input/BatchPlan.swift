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
    let alias = endpoint == .mantle ? model?.mantleKey : nil
    let mediaCost = Facts.builtIn.mediaCost(of: model)
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
      if let id, let other = request.otherModel(than: id, alias: alias) {
        otherModels += 1
        firstOtherModel = firstOtherModel ?? other
      }
      sizes.requests += 1
      sizes.input += InputSize(request.body, mediaCost).estimatedTokens
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
