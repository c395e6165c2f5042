import AWSClient
package import AWSWire
public import BedrockQuotas

/// Reads an account's quotas, models and inference profiles. It changes nothing.
public struct QuotaDiscovery: Sendable {
  let client: AWSClient

  /// The quotas and pages read so far, for a progress line.
  public typealias Progress = @Sendable (_ quotas: Int, _ pages: Int) -> Void

  /// All quotas of a Region.
  public struct Listing: Sendable {
    public var inventory: QuotaInventory
    /// Pages that were read, of both lists together.
    public var pages: Int
    /// Why AWS's default values are missing, and with them the quotas that have nothing but a default; nil if they are not.
    public internal(set) var defaultsProblem: AWSClientError?
  }

  /// Reads the lists of applied and of default values, both to their ends, at the same time.
  ///
  /// If AWS denies the list of default values, the result says so and does without it.
  /// Needs the IAM actions `servicequotas:ListServiceQuotas` and `servicequotas:ListAWSDefaultServiceQuotas`.
  /// - Parameters:
  ///   - facts: the dated data that reading names needs.
  ///   - defaultsOnly: leaves the applied values out, and with them the permission to read them.
  ///   - progress: called after each page.
  /// - Throws: `AWSClientError`.
  public func inventory(
    facts: Facts = .builtIn, defaultsOnly: Bool = false, progress: Progress? = nil
  ) async throws -> Listing {
    let region = try client.configuration.requireRegion()
    let counter = ProgressCounter(progress)
    let names = NameReader(facts: facts)
    // Of the list of defaults, few names are needed beside the applied values.
    async let named = namedQuotas(defaultsOnly ? .defaults : .applied, names, counter)
    async let defaults = defaultsOnly ? [] : listedPages(.defaults, counter)
    let (quotas, pages) = try await named
    if defaultsOnly {
      return Listing(inventory: QuotaInventory(region: region, quotas: quotas.map(\.withDefaultOnly)), pages: pages)
    }
    var defaultPages: [QuotaPage<ListedQuota>] = []
    var problem: AWSClientError?
    do { defaultPages = try await defaults } catch let error as AWSClientError where error.isDenied { problem = error }
    let merged = await QuotaListMerger.merge(applied: quotas, defaults: defaultPages.flatMap(\.quotas), names: names)
    return Listing(
      inventory: QuotaInventory(region: region, quotas: merged), pages: pages + defaultPages.count, defaultsProblem: problem)
  }

  enum QuotaList { case applied, defaults }

  /// Every page of a list, with all of AWS's fields.
  func pages(_ list: QuotaList, _ counter: ProgressCounter) async throws -> [ServiceQuotaPage] {
    try await pages(list, counter) { $0 }
  }

  /// Every page of a list, with the fields that ``Quota`` needs.
  private func listedPages(
    _ list: QuotaList, _ counter: ProgressCounter, each: (QuotaPage<ListedQuota>) -> Void = { _ in }, discarded: () -> Void = {}
  ) async throws -> [QuotaPage<ListedQuota>] {
    try await pages(list, counter, { $0.reading { try QuotaPage<ListedQuota>(json: $0) } }, each: each, discarded: discarded)
  }

  /// The quotas of a list, whose names are read as the pages arrive, and the number of pages.
  private func namedQuotas(
    _ list: QuotaList, _ names: NameReader, _ counter: ProgressCounter
  ) async throws -> (quotas: [NamedQuota], pages: Int) {
    var readings: [Task<[NamedQuota], Never>] = []
    let pages = try await listedPages(list, counter) { page in
      readings.append(Task { await names.read(page.quotas) })
    } discarded: {
      readings = []
    }
    var quotas: [NamedQuota] = []
    for reading in readings { quotas += await reading.value }
    return (quotas, pages.count)
  }

  private func pages<Item: Sendable>(
    _ list: QuotaList, _ counter: ProgressCounter,
    _ reading: @escaping @Sendable (AWSOperation<ServiceQuotaPage>) -> AWSOperation<QuotaPage<Item>>,
    each: (QuotaPage<Item>) -> Void = { _ in }, discarded: () -> Void = {}
  ) async throws -> [QuotaPage<Item>] {
    let paginator = Paginator<QuotaPage<Item>>(
      operation: list == .applied ? "ListServiceQuotas" : "ListAWSDefaultServiceQuotas", token: { $0.nextToken },
      fetch: { token in
        let operation =
          switch list {
          case .applied: try ServiceQuotasAPI.listServiceQuotas(serviceCode: "bedrock", nextToken: token)
          case .defaults: try ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "bedrock", nextToken: token)
          }
        return try await client.call(reading(operation))
      })
    return try await paginator.all { page in
      counter.add(quotas: page.quotas.count)
      each(page)
    } discarded: { pages in
      discarded()
      counter.add(quotas: -pages.reduce(0) { $0 + $1.quotas.count }, pages: -pages.count)
    }
  }

  /// The models and inference profiles that the account sees in the Region.
  ///
  /// Needs the IAM actions `bedrock:ListFoundationModels` and `bedrock:ListInferenceProfiles`.
  /// - Throws: `AWSClientError` if one of the lists can't be read.
  public func catalog() async throws -> ModelCatalog {
    let read = try await readableCatalog()
    if let problem = read.modelsProblem ?? read.profilesProblem { throw problem }
    return read.catalog
  }

  /// The same, as far as AWS answers: a list that it refuses is left out, with the reason.
  func readableCatalog() async throws -> (catalog: ModelCatalog, modelsProblem: AWSClientError?, profilesProblem: AWSClientError?)
  {
    async let models = Self.readable { try await foundationModels() }
    async let system = Self.readable { try await inferenceProfiles(type: "SYSTEM_DEFINED") }
    async let application = Self.readable { try await inferenceProfiles(type: "APPLICATION") }
    let read = try await (models: models, system: system, application: application)
    let profilesProblem = read.system.problem ?? read.application.problem
    let catalog = ModelCatalog(
      models: read.models.items, profiles: read.system.items + read.application.items,
      lists: .init(models: read.models.problem == nil, profiles: profilesProblem == nil))
    return (catalog, read.models.problem, profilesProblem)
  }

  /// A list, or AWS's error reply in place of it; other failures are thrown.
  private static func readable<Item: Sendable>(
    _ list: @Sendable () async throws -> [Item]
  ) async throws -> (items: [Item], problem: AWSClientError?) {
    do { return (try await list(), nil) } catch let error as AWSClientError where error.code == .service {
      return ([], error)
    }
  }

  /// A catalog with the application inference profiles that `ids` name and its lists don't hold.
  ///
  /// Needs the IAM action `bedrock:GetInferenceProfile`; profiles that can't be read stay unknown.
  public func adding(profilesFor ids: [InvokedID], to catalog: ModelCatalog) async -> ModelCatalog {
    var catalog = catalog
    for id in ids {
      guard case .applicationProfile = id.kind,
        !catalog.holds(id), let profile = try? await client.call(BedrockAPI.getInferenceProfile(id.text))
      else { continue }
      catalog.profiles.append(profile)
    }
    return catalog
  }

  package func foundationModels() async throws -> [FoundationModel] {
    try await client.call(BedrockAPI.listFoundationModels()).modelSummaries
  }

  package func inferenceProfiles(type: String) async throws -> [InferenceProfile] {
    let paginator = Paginator<InferenceProfilePage>(
      operation: "ListInferenceProfiles", token: { $0.nextToken },
      fetch: { try await client.call(BedrockAPI.listInferenceProfiles(type: type, nextToken: $0)) })
    return try await paginator.all().flatMap(\.inferenceProfileSummaries)
  }

  /// The account's 12-digit id. No IAM action is needed.
  public func accountID() async throws -> String {
    try await client.call(STSAPI.getCallerIdentity()).account
  }
}
