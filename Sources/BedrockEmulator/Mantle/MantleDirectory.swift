import AWSServer
import AWSWire
import BedrockQuotas

/// The models of bedrock-mantle in one Region of the account, with the quotas of each.
final class MantleDirectory: Sendable {
  struct Model: Sendable {
    /// As the endpoint lists it, and the value of CloudWatch's dimension `Model`.
    var id: String
    /// As ListFoundationModels lists it, if it does.
    var listed: ModelID
    var row: MantleModels.Row
    var input: MantleLedger.Quota?
    var output: MantleLedger.Quota?
  }

  private let account: EmulatedAccount
  private let models: ModelDirectory
  private let quotas: QuotaBook

  init(_ account: EmulatedAccount, models: ModelDirectory, quotas: QuotaBook) {
    self.account = account
    self.models = models
    self.quotas = quotas
  }

  /// The models, in the order of their ids. It takes a while: the quotas of each are looked up.
  func all() -> [Model] {
    var found: [String: Model] = [:]
    for summary in account.models {
      guard let listed = ModelID(summary.modelId), listed.contextSuffix == nil, let model = model(listed) else { continue }
      // The newest of several snapshots of one version.
      if let other = found[model.id], other.listed.description > listed.description { continue }
      found[model.id] = model
    }
    for (id, hasQuotas) in MantleModels.unlisted where found[id] == nil {
      guard let model = ModelID(id).flatMap(model), !hasQuotas || model.input != nil || model.output != nil else { continue }
      found[id] = model
    }
    return found.values.sorted { $0.id < $1.id }
  }

  private func model(_ listed: ModelID) -> Model? {
    guard let row = MantleModels.row(of: listed) else { return nil }
    let bound = models.resolution(of: listed.description)?.variants.filter { $0.variant == .mantle }.map(\.quota) ?? []
    func quota(_ measure: QuotaMeasure) -> MantleLedger.Quota? {
      bound.first { $0.name.measure == measure }.map {
        .init(code: $0.code, name: $0.name.text, value: quotas.value(of: $0.code) ?? .infinity)
      }
    }
    return Model(
      id: MantleModels.id(of: listed), listed: listed, row: row, input: quota(.inputTPM), output: quota(.outputTPM))
  }

  /// What an invocation of a model needs to know.
  /// - Parameter pool: the model's place in the enforcer.
  func target(_ model: Model, pool: Int) -> InvocationTarget {
    let facts = models.facts
    return InvocationTarget(
      dimension: model.id, model: model.listed, contextWindow: facts.contextWindowMax(of: model.listed),
      maxOutputTokens: facts.maxOutputTokensMax(of: model.listed), outputBurndown: 1, streams: models.canStream(model.listed),
      readsPictures: models.readsPictures(model.listed), pool: pool)
  }
}
