import AWSWire
public import BedrockQuotas

/// The models that a text may mean, among those that an account sees in one Region.
///
/// The text is an id of a model or profile, an ARN, the name of a provisioned throughput, or a part of a model's name: `opus 4.8`,
/// `nova-pro`.
public struct ModelSearch: Sendable, Equatable {
  /// The text as it was given.
  public let text: String
  /// The models, sorted by id; empty if none is meant.
  public private(set) var models: [ModelID]
  /// Whether the text names its model with its version, so that a model of which it is only a part doesn't count.
  public private(set) var isExact: Bool
  /// Ids that are nearest to a text that means no model, the nearest first; at most three.
  public private(set) var nearest: [String] = []

  /// - Parameters:
  ///   - text: what the user typed.
  ///   - context: the account's quotas, models and profiles.
  ///   - provisioned: the account's provisioned throughput, which may be named too.
  public init(_ text: String, in context: QuotaContext, provisioned: [ProvisionedThroughput] = []) {
    self.text = text
    (models, isExact) = ([], true)
    let candidates = Self.candidates(in: context)
    if let id = InvokedID(text, facts: context.resolver.facts),
      let model = Self.model(of: id, in: context, candidates, provisioned)
    {
      models = [model]
      return
    }
    let words = Self.words(text)
    let found = words.isEmpty ? [] : candidates.filter { $0.holds(words) }
    let exact = found.filter { $0.isNamed(by: words) }
    isExact = exact.count == 1
    models = (isExact ? exact : found).map(\.id).sorted { $0.description < $1.description }
    if models.isEmpty { nearest = context.catalog.suggestions(for: text) }
  }

  /// What a text means that was looked up in several places: a model that it names exactly in one of them is meant in all.
  package init(_ places: [ModelSearch]) {
    text = places.first?.text ?? ""
    let exact = places.filter { $0.isExact && !$0.models.isEmpty }
    let found = exact.isEmpty ? places : exact
    models = Set(found.flatMap(\.models)).sorted { $0.description < $1.description }
    isExact = !exact.isEmpty
    nearest = places.first { !$0.nearest.isEmpty }?.nearest ?? []
  }

  /// The model that is meant.
  /// - Throws: ``BedquotaError`` (`model`) if the text means none of them or several.
  public func model() throws(BedquotaError) -> ModelID {
    if models.count == 1 { return models[0] }
    throw BedquotaError(.model, models.isEmpty ? absence : ambiguity)
  }

  /// The most candidates that a message names.
  private static let namedMax = 12

  private var ambiguity: String {
    let named = models.prefix(Self.namedMax).map(\.description).joined(separator: ", ")
    let more = models.count > Self.namedMax ? " and \(models.count - Self.namedMax) more" : ""
    return "\"\(shown)\" may mean \(models.count) models: \(named)\(more). Name one of them."
  }

  private var absence: String {
    let near = nearest.isEmpty ? "" : " The nearest: \(nearest.joined(separator: ", "))."
    return "\"\(shown)\" means no model that the account lists here.\(near)"
  }

  private var shown: String { text.count > 200 ? "\(text.prefix(200))…" : text }

  /// A model, and the words by which it is found.
  private struct Candidate {
    var id: ModelID
    /// The words of AWS's name, or of the id without its date and revision.
    var name: [Substring]
    var all: Set<Substring>

    init(_ id: ModelID, name: String?, provider: String?) {
      self.id = id
      let own = id.mantleKey.dropFirst(id.provider.utf8.count + 1)
      self.name = ModelSearch.words(name ?? String(own))
      all = Set(self.name + ModelSearch.words(id.description) + ModelSearch.words(provider ?? ""))
    }

    /// Whether each word is one of the model's, or the beginning of one. Numbers are versions, so they must be whole.
    func holds(_ words: [Substring]) -> Bool {
      words.allSatisfy { word in all.contains(word) || (!word.allSatisfy(\.isNumber) && all.contains { $0.hasPrefix(word) }) }
    }

    /// Whether the words leave out nothing of the name but words without a digit: "opus 4" is not Opus 4.8. A number alone names
    /// nothing.
    func isNamed(by words: [Substring]) -> Bool {
      guard words.contains(where: { $0.contains(where: \.isLetter) }) else { return false }
      var rest = name
      for word in words { if let index = rest.firstIndex(of: word) { rest.remove(at: index) } }
      return rest.allSatisfy { !$0.contains(where: \.isNumber) }
    }
  }

  /// Letters and digits, in lower case: `opus`, `4`, `8` of "Opus 4.8" and of `opus-4-8`.
  private static func words(_ text: String) -> [Substring] {
    text.prefix(2_048).lowercased().split { !$0.isLetter && !$0.isNumber }
  }

  /// The account's models without their forms of other context lengths, and the models of bedrock-mantle alone that quotas name.
  private static func candidates(in context: QuotaContext) -> [Candidate] {
    var found: [ModelID: Candidate] = [:]
    for model in context.catalog.models {
      guard let id = ModelID(model.modelId)?.base else { continue }
      if found[id] == nil || model.modelId == id.description {
        found[id] = Candidate(id, name: model.modelName, provider: model.providerName)
      }
    }
    let fromProfiles = context.catalog.profiles.flatMap { $0.models.compactMap { $0.modelArn.flatMap { ARN($0) }?.resourceID } }
    let onMantle = context.resolver.facts.mantleAloneModels.filter {
      !context.resolver.resolve(InvokedID($0), on: .mantle).quotas.isEmpty
    }
    for id in Set(fromProfiles.compactMap { ModelID($0)?.base } + onMantle) where found[id] == nil {
      found[id] = Candidate(id, name: nil, provider: nil)
    }
    return Array(found.values)
  }

  /// The model that an id names; nil if the account has no such id.
  private static func model(
    of id: InvokedID, in context: QuotaContext, _ candidates: [Candidate], _ provisioned: [ProvisionedThroughput]
  ) -> ModelID? {
    if let throughput = provisioned.first(where: { $0.isNamed(id.text) }) {
      return throughput.modelID.flatMap { ModelID($0) }?.base
    }
    if let model = id.model?.base {
      if candidates.contains(where: { $0.id == model }) { return model }
      // bedrock-mantle spells ids without dates and revisions, and has no list of its models.
      if let same = candidates.first(where: { $0.id.mantleKey == model.description }) { return same.id }
      return context.resolver.resolve(InvokedID(model), on: .mantle).quotas.isEmpty ? nil : model
    }
    let profile = context.catalog.profiles.first { $0.inferenceProfileArn == id.text || $0.inferenceProfileId == id.text }
    return context.resolver.resolve(id).modelID?.base
      ?? profile?.models.lazy.compactMap { $0.modelArn.flatMap { ARN($0) }.flatMap { ModelID($0.resourceID) } }.first?.base
  }
}
