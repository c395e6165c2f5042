import AWSWire
package import Bedquota
package import BedrockQuotas

/// The facts that the models of an account lack.
package struct FactCheck: Sendable {
  package let region: String
  /// How many models that generate text on demand were looked at; the others need none of these facts.
  package let models: Int
  /// How many of them have every fact settled.
  package let complete: Int
  package let gaps: [FactGap]

  /// - Parameter model: the only one to look at; nil: every one that the account lists.
  package init(_ catalog: ModelCatalog, of model: ModelID? = nil, region: String, facts: Facts = .builtIn) {
    let listed = catalog.models.filter(\.generatesText).compactMap { ModelID($0.modelId) }
    // Forms with a context length are for provisioned throughput, where tokens have no quota.
    let models = model.map { [$0] } ?? listed.filter { $0.contextSuffix == nil }.sorted { $0.description < $1.description }
    let gaps = models.map(facts.gaps)
    self.region = region
    self.models = models.count
    complete = gaps.count(where: \.isEmpty)
    self.gaps = gaps.flatMap(\.self)
  }

  /// `Of 96 models that generate text in us-east-1, 61 have every fact.`
  package var summary: String {
    models == 1 && gaps.isEmpty
      ? "Every fact is known."
      : "Of \(models) \(models == 1 ? "model that generates" : "models that generate") text in \(region), \(complete) \(complete == 1 ? "has" : "have") every fact."
  }
}

extension FoundationModel {
  /// Whether its replies are text; true if AWS doesn't say.
  fileprivate var generatesText: Bool {
    (outputModalities?.contains("TEXT") ?? true) && ModelID(modelId)?.isEmbeddingModel != true
  }
}
