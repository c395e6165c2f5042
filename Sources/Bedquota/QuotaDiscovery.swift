package import AWSClient
public import BedrockQuotas

/// Reads what an account may do: its quotas, models and inference profiles. It changes nothing.
public struct QuotaDiscovery: Sendable {
  let client: AWSClient

  /// How far a listing has come, for a progress line.
  public typealias Progress = @Sendable (_ quotas: Int, _ pages: Int) -> Void

  /// All quotas of the Region, and how many pages it took.
  public struct Listing: Sendable {
    public var inventory: QuotaInventory
    /// Pages read, of both lists together.
    public var pages: Int
  }

  /// Reads the applied and the default list, both to their ends, at the same time.
  ///
  /// Needs the IAM actions `servicequotas:ListServiceQuotas` and `servicequotas:ListAWSDefaultServiceQuotas`.
  /// - Parameter defaultsOnly: leaves the applied list, and the permission to read it, out.
  public func inventory(
    facts: Facts = .builtIn, defaultsOnly: Bool = false, progress: Progress? = nil
  ) async throws -> Listing {
    let region = try client.configuration.requireRegion()
    let counter = ProgressCounter(progress)
    async let applied = defaultsOnly ? [] : pages(.applied, counter)
    async let defaults = pages(.defaults, counter)
    let (appliedPages, defaultPages) = try await (applied, defaults)
    var reader = QuotaReader(facts: facts)
    let inventory = QuotaInventory(
      region: region,
      applied: appliedPages.flatMap(\.quotas).map { reader.read($0, isApplied: true) },
      defaults: defaultPages.flatMap(\.quotas).map { reader.read($0, isApplied: false) })
    return Listing(inventory: inventory, pages: appliedPages.count + defaultPages.count)
  }

  enum QuotaList { case applied, defaults }

  func pages(_ list: QuotaList, _ counter: ProgressCounter) async throws -> [ServiceQuotaPage] {
    let paginator = Paginator<ServiceQuotaPage>(
      operation: list == .applied ? "ListServiceQuotas" : "ListAWSDefaultServiceQuotas", token: { $0.nextToken },
      fetch: { token in
        switch list {
        case .applied: try await client.call(ServiceQuotasAPI.listServiceQuotas(serviceCode: "bedrock", nextToken: token))
        case .defaults:
          try await client.call(ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "bedrock", nextToken: token))
        }
      })
    var pages: [ServiceQuotaPage] = []
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

  /// The catalog with those application inference profiles that `ids` name and its lists don't hold, as far as they can
  /// be read (IAM action `bedrock:GetInferenceProfile`); the others stay unknown.
  public func adding(profilesFor ids: [InvokedID], to catalog: ModelCatalog) async -> ModelCatalog {
    var catalog = catalog
    for id in ids {
      guard case .applicationProfile(let reference) = id,
        !catalog.profiles.contains(where: { $0.inferenceProfileArn == reference || $0.inferenceProfileId == reference }),
        let profile = try? await client.call(BedrockAPI.getInferenceProfile(reference))
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

  /// The account's id. Every identity may ask for its own.
  public func accountID() async throws -> String {
    try await client.call(STSAPI.getCallerIdentity()).account
  }
}

/// Reads quotas of both lists; most names come twice and most subjects many times, and are worked out once.
private struct QuotaReader {
  let facts: Facts
  private var names: [String: QuotaName] = [:]
  private var families: [String: String] = [:]

  init(facts: Facts) { self.facts = facts }

  mutating func read(_ quota: ServiceQuota, isApplied: Bool) -> Quota {
    let text = quota.quotaName ?? quota.quotaCode
    let name = names[text] ?? QuotaName(text)
    names[text] = name
    let subject = name.subject ?? ""
    let family = families[subject] ?? facts.family(of: name.subject)
    families[subject] = family
    let metric = quota.usageMetric.flatMap { metric in metric.metricName.map { "\(metric.metricNamespace ?? "") \($0)" } }
    return Quota(
      code: quota.quotaCode, name: name, appliedValue: isApplied ? quota.value : nil, defaultValue: isApplied ? nil : quota.value,
      adjustable: quota.adjustable, unit: quota.unit, usageMetric: metric, family: family)
  }
}
