package import AWSWire
public import BedrockQuotas

/// The foundation models and inference profiles that an account sees in one Region.
public struct ModelCatalog: Sendable {
  package var models: [FoundationModel]
  package var profiles: [InferenceProfile]
  /// Which of the lists AWS would give.
  package let lists: QuotaResolver.Lists

  package init(models: [FoundationModel], profiles: [InferenceProfile], lists: QuotaResolver.Lists = .init()) {
    self.models = models
    self.profiles = profiles
    self.lists = lists
  }

  /// No models and no profiles: ids are resolved by rule alone.
  public static let empty = ModelCatalog(models: [], profiles: [], lists: .init(models: false, profiles: false))

  /// A model or an inference profile.
  public struct Entry: Sendable, Equatable {
    public var id: String
    public var name: String
    public var provider: String
    /// `model`, `system-profile` or `application-profile`.
    public var kind: String
    /// `ACTIVE`, `LEGACY`; nil if AWS doesn't say.
    public var status: String?
    /// An application profile is invoked by its ARN, everything else by its id.
    public var arn: String
  }

  /// Every model, sorted by id, and after each its profiles.
  public var entries: [Entry] {
    let providers = Dictionary(models.map { ($0.modelId, $0.providerName ?? "") }) { first, _ in first }
    func modelID(_ profile: InferenceProfile) -> String {
      profile.models.lazy.compactMap { $0.modelArn.flatMap { ARN($0) }?.resourceID }.first
        ?? profile.inferenceProfileId
    }
    let fromModels = models.map { model in
      (
        model.modelId, 0,
        Entry(
          id: model.modelId, name: model.modelName ?? model.modelId, provider: model.providerName ?? "", kind: "model",
          status: model.modelLifecycle?.status, arn: model.modelArn)
      )
    }
    let fromProfiles = profiles.map { profile in
      let model = modelID(profile)
      let kind = profile.type == "APPLICATION" ? "application-profile" : "system-profile"
      return (
        model, 1,
        Entry(
          id: profile.inferenceProfileId, name: profile.inferenceProfileName, provider: providers[model] ?? "", kind: kind,
          status: profile.status, arn: profile.inferenceProfileArn)
      )
    }
    return (fromModels + fromProfiles).sorted { ($0.0, $0.1, $0.2.id) < ($1.0, $1.1, $1.2.id) }.map(\.2)
  }

  /// A resolver over these models and the inventory's quotas.
  public func resolver(for inventory: QuotaInventory, facts: Facts = .builtIn) -> QuotaResolver {
    var resolver = QuotaResolver(
      quotas: inventory.quotas,
      models: models.compactMap { model in
        ModelID(model.modelId).map {
          .init(
            id: $0, name: model.modelName, inferenceTypes: model.inferenceTypesSupported ?? [],
            customizations: model.customizationsSupported ?? [])
        }
      },
      profiles: profiles.map { profile in
        .init(
          id: profile.inferenceProfileId, arn: profile.inferenceProfileArn, modelARNs: profile.models.compactMap(\.modelArn),
          isApplication: profile.type == "APPLICATION")
      },
      region: inventory.region, facts: facts)
    resolver.lists = lists
    return resolver
  }

  /// Whether an application profile of this name is listed, whichever type its ARN gives it.
  package func holds(_ id: InvokedID) -> Bool {
    let last = id.text.split(separator: "/").last.map(String.init)
    return profiles.contains { profile in
      if profile.inferenceProfileArn == id.text || profile.inferenceProfileId == id.text { return true }
      guard let arn = ARN(profile.inferenceProfileArn), arn.account == id.account, arn.region == id.region else { return false }
      return profile.type == "APPLICATION" && arn.resourceID == last
    }
  }

  /// The ids that are nearest to a text, the nearest first, for "did you mean".
  /// - Parameters:
  ///   - text: an id or name, perhaps misspelt.
  ///   - limit: the most ids to return.
  public func suggestions(for text: String, limit: Int = 3) -> [String] {
    NearestIDs(entries.map(\.id))(text, limit: limit)
  }
}
