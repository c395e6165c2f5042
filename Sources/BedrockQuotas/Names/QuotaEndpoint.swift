/// The inference endpoint that a quota belongs to.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaEndpoint: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// The name in JSON and on the command line.
  public let rawValue: String

  private init(_ name: String) { rawValue = name }

  /// `bedrock-runtime`: InvokeModel and Converse.
  public static var runtime: Self { Self("runtime") }
  /// `bedrock-mantle`: the OpenAI-compatible endpoint.
  public static var mantle: Self { Self("mantle") }

  /// nil for a name that this version doesn't know.
  public init?(rawValue: String) {
    guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
    self.init(rawValue)
  }

  /// All that this version knows.
  public static let allCases: [Self] = [.runtime, .mantle]
}
