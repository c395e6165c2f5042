import AWSClient
public import AWSWire
public import BedrockQuotas

/// What ids are resolved with: an account's quotas, models and profiles in one Region, as far as the caller may read them.
public struct QuotaContext: Sendable {
  /// Empty if the quotas could not be listed; see ``quotasProblem``.
  public let inventory: QuotaInventory
  /// What could be listed of models and profiles; see ``modelsProblem`` and ``profilesProblem``.
  public let catalog: ModelCatalog
  /// Finds the quotas of an id.
  public private(set) var resolver: QuotaResolver
  /// Pages of quotas that were read, of both lists together.
  public internal(set) var pages = 0
  /// Why the quotas are missing; nil if they are not.
  public internal(set) var quotasProblem: AWSClientError?
  /// Why the default values are missing, and with them the quotas that have nothing but a default; nil if they are not.
  public internal(set) var defaultsProblem: AWSClientError?
  /// Why models are missing, so that their ids are resolved by rule alone; nil if they are not.
  public internal(set) var modelsProblem: AWSClientError?
  /// Why inference profiles are missing, so that application profiles are known only as far as they can be read one by one; nil if
  /// they are not.
  public internal(set) var profilesProblem: AWSClientError?

  /// - Parameters:
  ///   - inventory: the account's quotas.
  ///   - catalog: with the application inference profiles that will be resolved.
  ///   - facts: the dated data that resolving needs.
  public init(inventory: QuotaInventory, catalog: ModelCatalog, facts: Facts = .builtIn) {
    self.inventory = inventory
    self.catalog = catalog
    resolver = catalog.resolver(for: inventory, facts: facts)
  }

  /// The 12 digits of the account, by the listed profiles; nil if none tells them.
  package var accountID: String? {
    catalog.profiles.lazy.compactMap { ARN($0.inferenceProfileArn)?.account }.first { !$0.isEmpty }
  }

  /// The same, its notes naming parameters as `spelling` does.
  package func spelled(as spelling: ParameterSpelling) -> QuotaContext {
    var copy = self
    copy.resolver.spelling = spelling
    return copy
  }

  /// The same with another catalog, which has more profiles.
  package func with(_ catalog: ModelCatalog) -> QuotaContext {
    var copy = QuotaContext(inventory: inventory, catalog: catalog, facts: resolver.facts)
    copy.pages = pages
    (copy.quotasProblem, copy.defaultsProblem) = (quotasProblem, defaultsProblem)
    (copy.modelsProblem, copy.profilesProblem) = (modelsProblem, profilesProblem)
    return copy
  }

  /// What a reader of usage figures should know about what is missing.
  var notes: [String] {
    [
      quotasProblem.map { _ in "The account's quotas could not be listed, so usage is shown without them." },
      profilesProblem.map { _ in
        "Inference profiles could not be listed: the usage of application profiles is missing from the sums."
      },
    ].compactMap { $0 }
  }
}

extension QuotaDiscovery {
  /// Reads quotas, models and profiles at the same time.
  ///
  /// If AWS refuses one of the lists, the result says so and does without it; other failures are thrown. With a Bedrock API key and no
  /// other credentials, it does without quotas, which such a key doesn't open.
  /// Needs the IAM actions of ``inventory(facts:defaultsOnly:progress:)`` and ``catalog()``.
  /// - Parameters:
  ///   - ids: application inference profiles among them are read one by one if no list holds them.
  ///   - facts: the dated data that resolving needs.
  ///   - defaultsOnly: leaves the applied values out, and with them the permission to read them.
  ///   - progress: called after each page.
  /// - Throws: `AWSClientError`, except for a list that AWS refuses.
  public func context(
    for ids: [InvokedID], facts: Facts = .builtIn, defaultsOnly: Bool = false, progress: Progress? = nil
  ) async throws -> QuotaContext {
    async let listedModels = readableCatalog()
    async let listedQuotas = inventory(facts: facts, defaultsOnly: defaultsOnly, progress: progress)
    var listing = Listing(inventory: QuotaInventory(region: client.configuration.region, quotas: []), pages: 0)
    var quotasProblem: AWSClientError?
    do { listing = try await listedQuotas } catch let error as AWSClientError
      where error.code == .service || (error.code == .credentials && client.configuration.hasBedrockAPIKey)
    {
      quotasProblem = error
    }
    let read = try await listedModels
    let catalog = await adding(profilesFor: ids, to: read.catalog)
    var context = QuotaContext(inventory: listing.inventory, catalog: catalog, facts: facts)
    context.pages = listing.pages
    (context.quotasProblem, context.defaultsProblem) = (quotasProblem, listing.defaultsProblem)
    (context.modelsProblem, context.profilesProblem) = (read.modelsProblem, read.profilesProblem)
    return context
  }
}
