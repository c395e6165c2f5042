import AWSClient
public import AWSWire
public import BedrockQuotas

/// What ids are resolved against: an account's quotas, models and profiles, as far as they may be read.
public struct QuotaContext: Sendable {
  public var resolver: QuotaResolver
  public var catalog: ModelCatalog
  /// Why the quotas are missing; nil where they are there.
  public var quotasProblem: AWSClientError?
  /// Why models and profiles are missing, and ids are read by rule alone; nil where they are there.
  public var catalogProblem: AWSClientError?

  /// - Parameter catalog: with the application profiles that are to be resolved.
  public init(resolver: QuotaResolver, catalog: ModelCatalog) {
    self.resolver = resolver
    self.catalog = catalog
  }

  /// What a reader of figures should know that were made without them.
  var notes: [String] {
    [
      quotasProblem.map { _ in "The account's quotas could not be listed, so use stands without them." },
      catalogProblem.map { _ in
        "Models and profiles could not be listed: what application profiles did is missing from the sums."
      },
    ].compactMap { $0 }
  }
}

extension QuotaDiscovery {
  /// Reads quotas, models and profiles at the same time.
  ///
  /// A refusal of AWS to list one of them is kept in the result; a failure that would meet the next call as well is thrown.
  /// - Parameter ids: application profiles among them are read one by one where no list holds them.
  public func context(for ids: [InvokedID], facts: Facts = .builtIn, progress: Progress? = nil) async throws -> QuotaContext {
    async let listed = catalog()
    async let listing = inventory(facts: facts, progress: progress)
    var inventory = QuotaInventory(region: client.configuration.region, quotas: [])
    var catalog = ModelCatalog.empty
    var problems: (quotas: AWSClientError?, catalog: AWSClientError?)
    do { inventory = try await listing.inventory } catch let error as AWSClientError where error.code == .service {
      problems.quotas = error
    }
    do { catalog = try await listed } catch let error as AWSClientError where error.code == .service {
      problems.catalog = error
    }
    catalog = await adding(profilesFor: ids, to: catalog)
    var context = QuotaContext(resolver: catalog.resolver(for: inventory, facts: facts), catalog: catalog)
    (context.quotasProblem, context.catalogProblem) = problems
    return context
  }
}
