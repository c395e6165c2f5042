/// The service tier that a request names, and the one that serves it: the dimensions `ServiceTier` and `ResolvedServiceTier`.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html, "Dimensions"
struct ServiceTierUse: Hashable, Sendable {
  static let reserved = "reserved"
  static let standard = "default"

  var asked: String
  var resolved: String

  /// The use of a request that names this tier; nil if it names none.
  /// - Parameter isReserved: whether reserved capacity serves it.
  init?(_ tier: String?, isReserved: Bool = false) {
    guard let tier else { return nil }
    asked = tier
    resolved = tier == Self.reserved && !isReserved ? Self.standard : tier
  }

  init(asked: String, resolved: String) {
    self.asked = asked
    self.resolved = resolved
  }
}
