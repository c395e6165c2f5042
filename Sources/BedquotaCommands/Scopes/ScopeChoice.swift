import Bedquota
import BedrockQuotas

/// The scopes of a command: every id in every account and Region, as far as it can be invoked there and adds quotas.
struct ScopeChoice: Sendable {
  /// In the order in which they are asked: provisioned throughput, which is paid already, and then ids, accounts and Regions as they
  /// are named.
  private(set) var drafts: [ScopeDraft] = []
  /// A sentence for each scope that is left out.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - places: in the order of accounts and Regions.
  ///   - endpoint: nil: bedrock-runtime, but bedrock-mantle for an id that is there alone.
  /// - Throws: ``BedquotaError`` (`request`) if the ids are called on different endpoints.
  init(_ ids: [InvokedID], at places: [ScopePlace], on endpoint: QuotaEndpoint?) throws(BedquotaError) {
    var pools: [String: ScopeDraft] = [:]
    for id in ids {
      let own = places.filter { $0.has(id) }
      if own.isEmpty { notes.append("\(id) is left out: it is of another Region or account than those that are named.") }
      let isOnRuntime = own.contains { $0.context.resolver.endpoint(of: id) == .runtime }
      let endpoint = endpoint ?? (isOnRuntime ? .runtime : .mantle)
      for place in own { add(id, at: place, on: endpoint, &pools) }
    }
    try checkEndpoints()
    drafts = drafts.filter(\.isProvisioned) + drafts.filter { !$0.isProvisioned }
  }

  /// Refuses more scopes than a router takes, before any place is read.
  /// - Parameter places: the accounts and Regions that are named.
  /// - Throws: ``BedquotaError`` (`request`).
  static func checkCount(_ ids: [InvokedID], at places: [Place]) throws(BedquotaError) {
    // An ARN is of one Region.
    let count = ids.reduce(0) { count, id in count + places.count { id.region == nil || id.region == $0.region } }
    guard count > QuotaRouter.candidatesMax else { return }
    throw BedquotaError(
      .request,
      "\(count) scopes are named, and a command sends to at most \(QuotaRouter.candidatesMax); name fewer ids, Regions or accounts."
    )
  }

  private mutating func add(
    _ id: InvokedID, at place: ScopePlace, on endpoint: QuotaEndpoint, _ pools: inout [String: ScopeDraft]
  ) {
    let resolution: Resolution
    do throws(BedquotaError) {
      resolution = try place.context.resolution(of: id, on: endpoint)
    } catch {
      notes.append("\(place.place.words): \(id) is left out. \(error.message)")
      return
    }
    if endpoint == .runtime, resolution.isListed == false {
      notes.append("\(place.place.words): \(id) is left out, because the account doesn't list it there.")
      return
    }
    let draft = ScopeDraft(id: id, place: place, resolution: resolution)
    if let key = draft.poolKey {
      if let other = pools[key] {
        // Of another name of the account.
        let named = other.place.place.account == place.place.account ? "\(other.id)" : "\(other.id) of \(other.place.place.words)"
        notes.append("\(place.place.words): \(id) is left out, because it has the quotas of \(named) and adds nothing.")
        return
      }
      pools[key] = draft
    }
    drafts.append(draft)
  }

  private func checkEndpoints() throws(BedquotaError) {
    guard let first = drafts.first, let other = drafts.first(where: { $0.resolution.endpoint != first.resolution.endpoint })
    else { return }
    func words(_ draft: ScopeDraft) -> String { "\(draft.id) is called on bedrock-\(draft.resolution.endpoint.rawValue)" }
    throw BedquotaError(
      .request, "\(words(first)), and \(words(other)); they take different requests. Name ids of one endpoint, or the endpoint.",
      parameters: ["endpoint"])
  }

  /// What tells each scope from the others: its id, account and Region, as far as there are several of them.
  var labels: [String] {
    let hasIDs = Set(drafts.map(\.id.text)).count > 1
    let hasRegions = Set(drafts.map(\.place.place.region)).count > 1
    return drafts.map { draft in
      let account = draft.place.place.account
      let parts = [hasIDs ? draft.id.text : nil, account, hasRegions ? draft.place.place.region : nil].compactMap(\.self)
      return parts.isEmpty ? draft.place.place.words : parts.joined(separator: " ")
    }
  }
}
