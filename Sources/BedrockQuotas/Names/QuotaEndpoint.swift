/// The inference endpoint that a quota belongs to.
///
/// A struct, so that a new value breaks nobody's `switch`; ``allCases`` holds those that this version knows.
public struct QuotaEndpoint: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  private enum Value: String, CaseIterable {
    case runtime
    case mantle
  }

  private let value: Value

  private init(_ value: Value) { self.value = value }

  /// `bedrock-runtime`: InvokeModel and Converse.
  public static var runtime: Self { Self(.runtime) }
  /// `bedrock-mantle`: the OpenAI-compatible endpoint.
  public static var mantle: Self { Self(.mantle) }

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
