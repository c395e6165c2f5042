/// A form of invocation with quotas apart from the model's ordinary ones.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaVariant: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// The name in JSON and on the command line.
  public let rawValue: String

  private init(_ name: String) { rawValue = name }

  /// Requests that use the 1-million-token context window.
  public static var context1M: Self { Self("1m-context") }
  /// `performanceConfig.latency = optimized`.
  public static var latencyOptimized: Self { Self("latency-optimized") }
  /// The bedrock-mantle endpoint.
  public static var mantle: Self { Self("mantle") }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
    self.init(rawValue)
  }

  /// All that this version knows.
  public static let allCases: [Self] = [.context1M, .latencyOptimized, .mantle]
}
