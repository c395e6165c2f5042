/// The quotas that apply to an invoked id, with the evidence for each.
public struct Resolution: Sendable, Equatable {
  /// How much is known. Closed.
  public enum Status: String, Sendable, Codable {
    /// Every quota that names the model for this scope was matched with certainty, including one per minute or of concurrency.
    case resolved
    /// Only some quotas were matched: others could mean this model or another one, or there are only daily quotas.
    case partial
    /// No quota was matched with certainty.
    case unknown
  }

  /// A quota that applies to the id.
  public struct Bound: Sendable, Equatable {
    public var quota: Quota
    /// How the quota was matched with the id, in words.
    public var evidence: String

    public init(quota: Quota, evidence: String) {
      self.quota = quota
      self.evidence = evidence
    }
  }

  /// A quota that applies to one form of invocation only.
  public struct Variant: Sendable, Equatable {
    public var variant: QuotaVariant
    public var quota: Quota
  }

  /// The invoked id, as it was given.
  public var id: String
  /// The foundation model behind the id; nil if unknown.
  public var modelID: ModelID?
  /// How the id is invoked.
  public var scope: QuotaScope
  public var status: Status
  /// The quotas that apply, at most one each for `rpm` and `tpm`.
  public var quotas: [Bound] = []
  /// The quotas that apply to special forms of invocation only.
  public var variants: [Variant] = []
  /// The context window, in tokens; nil if unknown or disputed.
  public var contextWindow: Int?
  /// The most output tokens that the model can produce; nil if unknown or disputed.
  public var maxOutputTokens: Int?
  /// The burndown: quota tokens per output token; nil if unknown or disputed.
  public var outputBurndown: Int?
  /// The three facts above where sources disagree.
  public var disputed = DisputedFacts()
  /// Whether the model can only be invoked through an inference profile.
  public var needsProfile = false
  /// Whether the account lists the id, so that AWS accepts it; nil if the account's lists were not read or never hold such ids.
  public var isListed: Bool?
  /// Ids that the account lists and that are nearest to one that it doesn't, the nearest first; at most three.
  public var nearest: [String] = []
  /// The part of ``note`` that is about ``isListed``; nil if there is nothing to say.
  package internal(set) var listingNote: String?
  /// Why something is missing or unusual.
  public var note: String?

  public init(id: String, modelID: ModelID? = nil, scope: QuotaScope, status: Status, note: String? = nil) {
    self.id = id
    self.modelID = modelID
    self.scope = scope
    self.status = status
    self.note = note
  }

  /// Whether there is such an id, as far as is known: it has quotas, or the account lists it.
  package var isKnown: Bool { status != .unknown || isListed == true }

  /// The largest context window that a source gives, in tokens; nil if unknown.
  package var contextWindowMax: Int? { contextWindow ?? disputed.contextWindow?.upperBound }

  /// The largest maximum output that a source gives, in tokens; nil if unknown.
  package var maxOutputTokensMax: Int? { maxOutputTokens ?? disputed.maxOutputTokens?.upperBound }

  /// Every quota of a measure, including the account-wide one.
  package func quotas(_ measure: QuotaMeasure) -> [Quota] { quotas.map(\.quota).filter { $0.name.measure == measure } }

  /// The quota of a measure that counts this id's requests; nil if none is known.
  ///
  /// It is never the account-wide quota, which AWS accounts by price over all models; see ``accountWideQuota``.
  public func quota(_ measure: QuotaMeasure) -> Quota? {
    quotas.lazy.map(\.quota).first { $0.name.measure == measure && $0.name.scope != .other }
  }

  /// The account's quota of tokens per day over all models, which AWS accounts by price; nil if it is not known or doesn't apply.
  public var accountWideQuota: Quota? {
    quotas.lazy.map(\.quota).first { $0.name.measure == .tpd && $0.name.scope == .other }
  }

  /// The effective value of the quota that ``quota(_:)`` finds; nil if there is none or its value is not known.
  public func effectiveValue(_ measure: QuotaMeasure) -> Double? { quota(measure)?.value(for: scope) }

  /// A sentence for each quota whose effective value differs from its applied one.
  package var effectiveValueNotes: [String] { quotas.compactMap { $0.quota.effectiveValueNote(for: scope) } }

  /// Removes the values, which are valid in one Region, and keeps the codes, which are valid in all.
  mutating func hideValues() {
    func hide(_ quota: inout Quota) { (quota.appliedValue, quota.defaultValue) = (nil, nil) }
    for index in quotas.indices { hide(&quotas[index].quota) }
    for index in variants.indices { hide(&variants[index].quota) }
  }
}
