import Bedquota
import BedrockQuotas

/// An account in a Region, where ids may be invoked.
struct ScopePlace: Sendable {
  var place: Place
  /// The 12 digits of the account; nil if neither the settings nor the lists tell them.
  var accountID: String?
  var context: QuotaContext

  /// The same for two names of one account, which share its quotas.
  var quotaOwner: String { accountID ?? place.account ?? "" }

  /// Whether an id can be one of this place: an ARN is of one Region, and of one account.
  func has(_ id: InvokedID) -> Bool {
    if let region = id.region, region != place.region { return false }
    if let account = id.account, let accountID, account != accountID { return false }
    return true
  }
}

/// A scope that requests may go to: an id at a place.
struct ScopeDraft: Sendable {
  var id: InvokedID
  var place: ScopePlace
  var resolution: Resolution

  /// Paid by the hour, whether it is used or not.
  var isProvisioned: Bool { resolution.scope == .provisioned }

  /// What scopes with the same quotas have in common; nil if nobody can tell, so that the scope is alone.
  var poolKey: String? {
    // Two provisioned throughputs of one model are two capacities, and each has an ARN of its own.
    if isProvisioned { return id.text }
    return QuotaPooling.key(resolution).map {
      "\(place.quotaOwner) \(place.place.region) \(resolution.endpoint.rawValue) \($0)"
    }
  }

  func client(_ options: QuotaAwareClient.Options, in session: BedquotaSession) async throws -> QuotaAwareClient {
    var options = options
    options.endpoint = resolution.endpoint
    return try await QuotaAwareClient(id, in: place.context, session: session, options: options)
  }
}
