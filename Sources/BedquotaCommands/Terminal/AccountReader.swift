import AWSWire
import Bedquota
import BedrockQuotas

/// Reads what a command needs of an account, and tells the user what AWS would not list.
struct AccountReader: Sendable {
  let session: BedquotaSession
  let facts: Facts
  let console: Console
  /// nil where several places are read at once, which share a line.
  let progress: ProgressLine?
  /// Named in notes; nil where only one place is read.
  var place: Place?

  var region: String { session.region }

  /// Every quota of the Region.
  func quotas(defaultsOnly: Bool = false) async throws -> QuotaDiscovery.Listing {
    let listing = try await session.discovery.inventory(facts: facts, defaultsOnly: defaultsOnly, progress: pages)
    if let problem = listing.defaultsProblem { note(problem, Self.withoutDefaults) }
    return listing
  }

  private static let withoutDefaults =
    "AWS's default values can't be listed; they are left out, and so are quotas that have nothing but a default"

  /// What ids are resolved with, and a note about each list that AWS refuses.
  /// - Parameters:
  ///   - needsQuotas: whether the command has nothing to show without quotas; their error is thrown then.
  ///   - needsCatalog: the same of models and profiles.
  ///   - defaultsOnly: leaves the applied values out.
  ///   - tellsListing: whether to note ids that the account doesn't list; false for answers that say so themselves.
  func context(
    for ids: [InvokedID], needsQuotas: Bool = false, needsCatalog: Bool = false, defaultsOnly: Bool = false,
    tellsListing: Bool = true
  ) async throws -> QuotaContext {
    let context = try await session.discovery.context(
      for: ids, facts: facts, defaultsOnly: defaultsOnly, progress: pages)
    // Of several places, one without quotas is a failure, which needs no notes beside it.
    if place != nil, let problem = context.quotasProblem { throw context.modelsProblem ?? problem }
    // First the catalog: where quotas fail as well, its error may be the one that says why.
    switch (context.modelsProblem, context.profilesProblem) {
    case (let problem?, .some):
      if needsCatalog { throw problem }
      note(problem, "models and profiles can't be listed, so ids are resolved by rule alone")
    case (let problem?, nil): note(problem, "models can't be listed, so their ids are resolved by rule alone")
    case (nil, let problem?): note(problem, "inference profiles can't be listed, so application profiles may stay unknown")
    case (nil, nil): break
    }
    if let problem = context.quotasProblem {
      if needsQuotas { throw problem }
      note(problem, "quotas can't be listed, so the answer does without them")
    }
    if let problem = context.defaultsProblem { note(problem, Self.withoutDefaults) }
    let spelled = context.spelled(as: .options)
    if tellsListing {
      for text in ids.compactMap({ spelled.resolver.resolve($0).listingNote }) { note("bedquota: \(text)") }
    }
    return spelled
  }

  /// The quotas of one id, for commands that invoke it.
  func resolution(of id: InvokedID) async throws -> Resolution { try await context(for: [id]).resolver.resolve(id) }

  /// A client for one id, under its quotas.
  /// - Parameter tellsListing: whether to note an id that the account doesn't list.
  func client(
    for id: InvokedID, options: QuotaAwareClient.Options, tellsListing: Bool = true
  ) async throws -> QuotaAwareClient {
    // The account's lists tell whether bedrock-runtime has the model; bedrock-mantle has no list to look ids up in. So the note
    // on the listing comes once the endpoint is known.
    let context = try await context(for: [id], tellsListing: false)
    let endpoint = options.endpoint ?? context.resolver.endpoint(of: id)
    if endpoint == .mantle, options.endpoint == nil {
      note("bedquota: \(id) is called on bedrock-mantle, because it isn't known on bedrock-runtime.")
    } else if endpoint == .runtime, tellsListing, let text = context.resolver.resolve(id).listingNote {
      note("bedquota: \(text)")
    }
    return try await QuotaAwareClient(id, in: context, session: session, options: options)
  }

  /// What CloudWatch has about ids, against their quotas.
  /// - Parameter ids: none means every model with traffic.
  func usage(
    of ids: [InvokedID], in window: UsageWindow, maxTokens: Int? = nil, needsQuotas: Bool = false, tellsListing: Bool = true,
    endpoint: QuotaEndpoint? = nil, detail: UsageDetail = []
  ) async throws -> [UsageReport] {
    let context = try await context(for: ids, needsQuotas: needsQuotas, tellsListing: tellsListing)
    return try await usage(of: ids, in: window, context: context, maxTokens: maxTokens, endpoint: endpoint, detail: detail)
  }

  /// The same against quotas that were read before.
  func usage(
    of ids: [InvokedID], in window: UsageWindow, context: QuotaContext, maxTokens: Int? = nil,
    endpoint: QuotaEndpoint? = nil, detail: UsageDetail = []
  ) async throws -> [UsageReport] {
    progress?.update("Reading metrics in \(region) …")
    let read = try await session.monitor.usage(
      of: ids.isEmpty ? nil : ids, in: window, context: context, facts: facts, maxTokens: maxTokens.map(Double.init),
      endpoint: endpoint, detail: detail
    ) { done, all in progress?.update("Reading metrics: \(done) of \(all) calls …") }
    for message in read.messages { note("CloudWatch: \(message)") }
    return read.reports
  }

  /// The account's provisioned throughput.
  /// - Parameter isRequired: whether to fail where it may not be listed; else the answer is nil.
  func provisionedThroughputs(isRequired: Bool) async throws -> [ProvisionedThroughput]? {
    do {
      return try await session.discovery.provisionedThroughputs()
    } catch let error as AWSClientError where error.code == .service && !isRequired {
      note(error, "provisioned throughput is left out")
      return nil
    }
  }

  private var pages: QuotaDiscovery.Progress {
    { quotas, pages in progress?.update("Reading quotas in \(region): \(quotas) from \(pages) pages …") }
  }

  func note(_ error: any Error, _ consequence: String) {
    note("bedquota: \(consequence). \(Failure(error)?.text(for: GlobalOptions()) ?? "\(error)")")
  }

  func note(_ text: String) {
    let text = place.map { "\($0.words): \(text.trimmingPrefix("bedquota: "))" } ?? text
    if let progress { progress.note(text, console) } else { console.note(text) }
  }
}
