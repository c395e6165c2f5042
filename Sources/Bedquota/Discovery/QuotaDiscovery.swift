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
  }

  /// Reads the lists of applied and of default values, both to their ends, at the same time.
  ///
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
    async let applied = defaultsOnly ? [] : listedPages(.applied, counter)
    async let defaults = listedPages(.defaults, counter)
    let (appliedPages, defaultPages) = try await (applied, defaults)
    var merger = QuotaListMerger(facts: facts)
    let quotas = merger.merge(applied: appliedPages.flatMap(\.quotas), defaults: defaultPages.flatMap(\.quotas))
    let inventory = QuotaInventory(region: region, quotas: quotas)
    return Listing(inventory: inventory, pages: appliedPages.count + defaultPages.count)
  }

  enum QuotaList { case applied, defaults }

  /// Every page of a list, with all of AWS's fields.
  func pages(_ list: QuotaList, _ counter: ProgressCounter) async throws -> [ServiceQuotaPage] {
    try await pages(list, counter) { $0 }
  }

  /// Every page of a list, with the fields that ``Quota`` needs.
  private func listedPages(_ list: QuotaList, _ counter: ProgressCounter) async throws -> [QuotaPage<ListedQuota>] {
    try await pages(list, counter) { $0.reading { try QuotaPage<ListedQuota>(json: $0) } }
  }

  private func pages<Item: Sendable>(
    _ list: QuotaList, _ counter: ProgressCounter,
    _ reading: @escaping @Sendable (AWSOperation<ServiceQuotaPage>) -> AWSOperation<QuotaPage<Item>>
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
    var pages: [QuotaPage<Item>] = []
    for try await page in paginator {
      pages.append(page)
      counter.add(quotas: page.quotas.count)
    }
    return pages
  }

  /// The models and inference profiles that the account sees in the Region.
  ///
  /// Needs the IAM actions `bedrock:ListFoundationModels` and `bedrock:ListInferenceProfiles`.
  public func catalog() async throws -> ModelCatalog {
    async let models = foundationModels()
    async let system = inferenceProfiles(type: "SYSTEM_DEFINED")
    async let application = inferenceProfiles(type: "APPLICATION")
    return try await ModelCatalog(models: models, profiles: system + application)
  }

  /// A catalog with the application inference profiles that `ids` name and its lists don't hold.
  ///
  /// Needs the IAM action `bedrock:GetInferenceProfile`; profiles that can't be read stay unknown.
  public func adding(profilesFor ids: [InvokedID], to catalog: ModelCatalog) async -> ModelCatalog {
    var catalog = catalog
    for id in ids {
      guard case .applicationProfile = id.kind,
        !catalog.profiles.contains(where: { $0.inferenceProfileArn == id.text || $0.inferenceProfileId == id.text }),
        let profile = try? await client.call(BedrockAPI.getInferenceProfile(id.text))
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
    var profiles: [InferenceProfile] = []
    for try await page in paginator { profiles += page.inferenceProfileSummaries }
    return profiles
  }

  /// The account's 12-digit id. No IAM action is needed.
  public func accountID() async throws -> String {
    try await client.call(STSAPI.getCallerIdentity()).account
  }
}
