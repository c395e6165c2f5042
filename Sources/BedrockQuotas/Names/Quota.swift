/// One quota of one Region: what AWS said of it, and what its name means.
public struct Quota: Sendable, Equatable {
  /// `L-F4DDD3EB`; the same in every Region, and the only thing about a quota that never changes.
  public var code: String
  public var name: QuotaName
  /// The value in force for this account; nil where AWS lists only the default.
  public var appliedValue: Double?
  /// The value that AWS gives to a new account, increases not included; nil where AWS lists none.
  public var defaultValue: Double?
  /// Whether Service Quotas takes an increase request by code; nil where AWS doesn't say.
  public var adjustable: Bool?
  /// nil where AWS gives none.
  public var unit: String?
  /// `AWS/Usage CallCount`, for the few quotas whose use AWS itself measures.
  public var usageMetric: String?
  /// The model family, for grouping; `General` where the quota is about no model.
  public var family: String

  public init(
    code: String, name: QuotaName, appliedValue: Double? = nil, defaultValue: Double? = nil, adjustable: Bool? = nil,
    unit: String? = nil, usageMetric: String? = nil, family: String
  ) {
    self.code = code
    self.name = name
    self.appliedValue = appliedValue
    self.defaultValue = defaultValue
    self.adjustable = adjustable
    self.unit = unit
    self.usageMetric = usageMetric
    self.family = family
  }

  /// How the applied value stands to the default.
  public enum Change: String, Sendable { case raised, lowered }

  /// nil where both are equal or one is not known.
  public var change: Change? {
    guard let appliedValue, let defaultValue, appliedValue != defaultValue else { return nil }
    return appliedValue > defaultValue ? .raised : .lowered
  }

  /// The value that holds: the applied one, else the default.
  public var value: Double? { appliedValue ?? defaultValue }

  /// The value for invocations of one scope: twice ``value`` for a geographic inference profile where the name says so.
  public func value(for scope: QuotaScope) -> Double? {
    scope == .crossRegion && name.isDoubledAcrossRegions ? value.map { $0 * 2 } : value
  }
}
