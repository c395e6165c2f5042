/// The kind of invocation that a quota counts.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaScope: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// The name in JSON and on the command line.
  public let rawValue: String

  private init(_ name: String) { rawValue = name }

  /// Invocations by the bare model id.
  public static var onDemand: Self { Self("on-demand") }
  /// Invocations through a geographic inference profile: `us.`, `eu.`, `apac.`, ….
  public static var crossRegion: Self { Self("cross-region") }
  /// Invocations through a `global.` inference profile.
  public static var global: Self { Self("global") }
  /// On-demand deployments of customised models, summed over the account for each base model.
  public static var customDeployment: Self { Self("custom-deployment") }
  /// Invocations with `performanceConfig.latency = optimized`.
  public static var latencyOptimized: Self { Self("latency-optimized") }
  /// Provisioned throughput.
  public static var provisioned: Self { Self("provisioned") }
  /// Batch inference jobs.
  public static var batch: Self { Self("batch") }
  /// The bedrock-mantle endpoint, which has quotas of its own.
  public static var mantle: Self { Self("mantle") }
  /// Everything that is not about invoking one model, and account-wide quotas.
  public static var other: Self { Self("other") }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
    self.init(rawValue)
  }

  /// All that this version knows.
  public static let allCases: [Self] = [
    .onDemand, .crossRegion, .global, .customDeployment, .latencyOptimized, .provisioned, .batch, .mantle, .other,
  ]
}
