/// Which quotas bind an invoked id, and how that is known.
public struct Resolution: Sendable, Equatable {
  public enum Status: String, Sendable, Codable {
    /// Every quota that names the model for this scope was matched, with certainty; one per minute or of concurrency is among them.
    case resolved
    /// Some were; others could mean this model or another one, or there are only daily ones.
    case partial
    /// Nothing is certain.
    case unknown
  }

  public struct Bound: Sendable, Equatable {
    public var quota: Quota
    /// What ties the quota to the id, in words.
    public var evidence: String

    public init(quota: Quota, evidence: String) {
      self.quota = quota
      self.evidence = evidence
    }
  }

  public struct Variant: Sendable, Equatable {
    public var variant: QuotaVariant
    public var quota: Quota
  }

  /// The id as it was given.
  public var id: String
  /// The foundation model behind it; nil where that is not known.
  public var modelID: ModelID?
  public var scope: QuotaScope
  public var status: Status
  /// At most one for `rpm` and one for `tpm`.
  public var quotas: [Bound] = []
  /// Quotas that count only special forms of invocation.
  public var variants: [Variant] = []
  /// Tokens; nil where not known.
  public var contextWindow: Int?
  public var maxOutputTokens: Int?
  /// Quota tokens per output token; nil where not known.
  public var outputBurndown: Int?
  /// The model can be invoked, but through an inference profile only.
  public var needsProfile = false
  /// Why something is missing or unusual.
  public var note: String?

  public init(id: String, modelID: ModelID? = nil, scope: QuotaScope, status: Status, note: String? = nil) {
    self.id = id
    self.modelID = modelID
    self.scope = scope
    self.status = status
    self.note = note
  }

  /// The quota of a measure that counts this id's requests; nil where none is known.
  ///
  /// The account-wide quota, which AWS accounts by price over all models, is never the answer; see ``accountWideQuota``.
  public func quota(_ measure: QuotaMeasure) -> Quota? {
    quotas.lazy.map(\.quota).first { $0.name.measure == measure && $0.name.scope != .other }
  }

  /// The account's tokens per day over all models, which AWS accounts by price; nil where it is not known or doesn't apply.
  public var accountWideQuota: Quota? {
    quotas.lazy.map(\.quota).first { $0.name.measure == .tpd && $0.name.scope == .other }
  }

  /// Leaves the codes, which hold everywhere, and takes away the values, which hold in one Region.
  mutating func hideValues() {
    func hide(_ quota: inout Quota) { (quota.appliedValue, quota.defaultValue) = (nil, nil) }
    for index in quotas.indices { hide(&quotas[index].quota) }
    for index in variants.indices { hide(&variants[index].quota) }
  }
}
