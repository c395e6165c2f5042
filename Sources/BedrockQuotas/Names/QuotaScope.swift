/// The kind of invocation that a quota counts.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaScope: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  private enum Value: String, CaseIterable {
    case onDemand = "on-demand"
    case crossRegion = "cross-region"
    case global
    case customDeployment = "custom-deployment"
    case latencyOptimized = "latency-optimized"
    case provisioned
    case batch
    case mantle
    case other
  }

  private let value: Value

  private init(_ value: Value) { self.value = value }

  /// Invocations by the bare model id.
  public static var onDemand: Self { Self(.onDemand) }
  /// Invocations through a geographic inference profile: `us.`, `eu.`, `apac.`, ….
  public static var crossRegion: Self { Self(.crossRegion) }
  /// Invocations through a `global.` inference profile.
  public static var global: Self { Self(.global) }
  /// On-demand deployments of customised models, summed over the account for each base model.
  public static var customDeployment: Self { Self(.customDeployment) }
  /// Invocations with `performanceConfig.latency = optimized`.
  public static var latencyOptimized: Self { Self(.latencyOptimized) }
  /// Provisioned throughput.
  public static var provisioned: Self { Self(.provisioned) }
  /// Batch inference jobs.
  public static var batch: Self { Self(.batch) }
  /// The bedrock-mantle endpoint, which has quotas of its own.
  public static var mantle: Self { Self(.mantle) }
  /// Everything that is not about invoking one model, and account-wide quotas.
  public static var other: Self { Self(.other) }

  /// The name in JSON and on the command line.
  public var rawValue: String { value.rawValue }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard let value = Value(rawValue: rawValue) else { return nil }
    self.init(value)
  }

  public static var allCases: [Self] { Value.allCases.map(Self.init) }

  // The default of RawRepresentable compares text.
  public static func == (a: Self, b: Self) -> Bool { a.value == b.value }

  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
