import AWSWire
import Bedquota
import BedrockQuotas

/// Reads what a command needs of an account, and tells the user what AWS would not list.
struct AccountReader: Sendable {
  let session: BedquotaSession
  let facts: Facts
  let console: Console
  /// nil where several Regions are read at once, which share a line.
  let progress: ProgressLine?

  var region: String { session.region }

  /// Every quota of the Region.
  func quotas(defaultsOnly: Bool = false) async throws -> QuotaDiscovery.Listing {
    try await session.discovery.inventory(facts: facts, defaultsOnly: defaultsOnly, progress: pages)
  }

  /// What ids are resolved with, and a note about each list that AWS denies.
  /// - Parameters:
  ///   - needsQuotas: whether the command has nothing to show without quotas; their error is thrown then.
  ///   - needsCatalog: the same of models and profiles.
  ///   - defaultsOnly: leaves the applied values out.
  func context(
    for ids: [InvokedID], needsQuotas: Bool = false, needsCatalog: Bool = false, defaultsOnly: Bool = false
  ) async throws -> QuotaContext {
    let context = try await session.discovery.context(
      for: ids, facts: facts, defaultsOnly: defaultsOnly, progress: pages)
    // First the catalog: where quotas fail as well, its error may be the one that says why.
    if let problem = context.catalogProblem {
      if needsCatalog { throw problem }
      note(problem, "models and profiles can't be listed, so ids are resolved by rule alone")
    }
    if let problem = context.quotasProblem {
      if needsQuotas { throw problem }
      note(problem, "quotas can't be listed, so the answer does without them")
    }
    return context.spelled(as: .options)
  }

  /// The quotas of one id, for commands that invoke it.
  func resolution(of id: InvokedID) async throws -> Resolution { try await context(for: [id]).resolver.resolve(id) }

  /// A client for one id, under its quotas.
  func client(for id: InvokedID, options: QuotaAwareClient.Options) async throws -> QuotaAwareClient {
    await QuotaAwareClient(id, in: try await context(for: [id]), session: session, options: options)
  }

  /// What CloudWatch has about ids, against their quotas.
  /// - Parameter ids: none means every model with traffic.
  func usage(
    of ids: [InvokedID], in window: UsageWindow, maxTokens: Int? = nil, needsQuotas: Bool = false
  ) async throws -> [UsageReport] {
    let context = try await context(for: ids, needsQuotas: needsQuotas)
    return try await usage(of: ids, in: window, context: context, maxTokens: maxTokens)
  }

  /// The same against quotas that were read before.
  func usage(
    of ids: [InvokedID], in window: UsageWindow, context: QuotaContext, maxTokens: Int? = nil, readsLatency: Bool = false
  ) async throws -> [UsageReport] {
    progress?.update("Reading metrics in \(region) …")
    let read = try await session.monitor.usage(
      of: ids.isEmpty ? nil : ids, in: window, context: context, facts: facts, maxTokens: maxTokens.map(Double.init),
      readsLatency: readsLatency
    ) { done, all in progress?.update("Reading metrics: \(done) of \(all) calls …") }
    for message in read.messages { note("CloudWatch: \(message)") }
    return read.reports
  }

  /// The account's provisioned throughput.
  /// - Parameter isRequired: whether to fail where it may not be listed; else the answer is nil.
  func provisionedThroughputs(isRequired: Bool) async throws -> [ProvisionedThroughput]? {
    do {
      return try await session.discovery.provisionedThroughputs()
    } catch let error as AWSClientError where error.service?.code == "AccessDeniedException" && !isRequired {
      note(error, "provisioned throughput is left out")
      return nil
    }
  }

  private var pages: QuotaDiscovery.Progress {
    { quotas, pages in progress?.update("Reading quotas in \(region): \(quotas) from \(pages) pages …") }
  }

  private func note(_ error: any Error, _ consequence: String) {
    note("bedquota: \(consequence). \(Failure(error)?.text(for: GlobalOptions()) ?? "\(error)")")
  }

  private func note(_ text: String) {
    if let progress { progress.note(text, console) } else { console.note(text) }
  }
}
