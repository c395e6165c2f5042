/// One quota of one Region: AWS's fields, and the meaning of its name.
public struct Quota: Sendable, Equatable {
  /// The code, such as `L-F4DDD3EB`. It is the same in every Region and never changes, whereas names do.
  public var code: String
  public var name: QuotaName
  /// The value that applies to this account; nil if AWS lists only the default.
  public var appliedValue: Double?
  /// The value that every account starts with; nil if AWS lists none.
  public var defaultValue: Double?
  /// Whether Service Quotas accepts a request to increase it; nil if AWS doesn't say.
  public var adjustable: Bool?
  /// AWS's unit, mostly `None`; nil if AWS gives none.
  public var unit: String?
  /// The metric of the few quotas whose usage AWS itself measures: `AWS/Usage CallCount`.
  public var usageMetric: String?
  /// The model family, for grouping; `General` if the quota is about no model.
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

  /// The applied value compared with the default. Closed.
  public enum Change: String, Sendable { case raised, lowered }

  /// nil if both values are equal or one is unknown.
  public var change: Change? {
    guard let appliedValue, let defaultValue, appliedValue != defaultValue else { return nil }
    return appliedValue > defaultValue ? .raised : .lowered
  }

  /// The applied value, else the default; nil if neither is known.
  public var value: Double? { appliedValue ?? defaultValue }

  /// The effective value, which holds for invocations of one scope: twice ``value`` for a geographic inference profile if the name
  /// says so, else ``value``.
  public func value(for scope: QuotaScope) -> Double? {
    scope == .crossRegion && name.isDoubledAcrossRegions ? value.map { min($0 * 2, .greatestFiniteMagnitude) } : value
  }

  /// The effective value for geographic inference profiles; nil unless it differs from ``value``.
  public var crossRegionValue: Double? { name.isDoubledAcrossRegions ? value(for: .crossRegion) : nil }
}
