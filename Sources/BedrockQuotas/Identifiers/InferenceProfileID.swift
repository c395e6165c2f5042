/// The id of a system-defined inference profile: `us.amazon.nova-pro-v1:0`, `global.anthropic.claude-opus-5`.
public struct InferenceProfileID: Sendable, Hashable, CustomStringConvertible {
  /// `us`, `eu`, `apac`, `jp`, `au`, `ca`, `in`, `us-gov`, `global`, or one that is newer than this version.
  public let geography: String
  /// The foundation model that the profile routes to.
  public let model: ModelID

  public var description: String { "\(geography).\(model)" }
  /// Whether requests may go to any commercial Region.
  public var isGlobal: Bool { geography == "global" }

  static let knownGeographies: Set<String> = ["us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global"]

  /// Reads an id; nil if it is a bare model id or malformed.
  ///
  /// An unknown geography is accepted if a known provider follows it: `kr.anthropic.…`.
  public init?(_ text: String, facts: Facts = .builtIn) {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let model = ModelID(String(parts[1])) else { return nil }
    let geography = String(parts[0])
    let isNew =
      geography.utf8.count <= 8 && facts.providers[geography] == nil && facts.providers[model.provider] != nil
      && geography.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "-") }
    guard Self.knownGeographies.contains(geography) || isNew else { return nil }
    self.geography = geography
    self.model = model
  }
}
