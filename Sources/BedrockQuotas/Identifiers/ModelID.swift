/// A foundation model's id: `anthropic.claude-3-5-sonnet-20241022-v2:0`, or with a context length, `amazon.nova-pro-v1:0:300k`.
public struct ModelID: Sendable, Hashable, CustomStringConvertible {
  /// The whole id.
  public let description: String
  /// The part before the first dot: `anthropic`.
  public let provider: String
  /// The context length at the end, `300k`; nil for most. Such an id names a form of the model for customisation and provisioned
  /// throughput.
  public let contextSuffix: String?

  private let baseText: String

  /// The id without the context length.
  public var base: ModelID { ModelID(whole: baseText, provider: provider) }

  /// Reads an id; nil unless it is `provider.name`, of lower-case letters, digits, dots, colons and hyphens.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 256, parts.allSatisfy(Self.isSound), !parts[0].contains(":") else { return nil }
    let tail = parts[1].split(separator: ":").last ?? ""
    let isContext = parts[1].contains(":") && (tail.hasSuffix("k") || tail.hasSuffix("m")) && Int(tail.dropLast()) != nil
    let rest = isContext ? parts[1].dropLast(tail.count + 1) : parts[1]
    guard Self.isSound(rest) else { return nil }
    description = text
    provider = String(parts[0])
    contextSuffix = isContext ? String(tail) : nil
    baseText = "\(parts[0]).\(rest)"
  }

  private init(whole: String, provider: String) {
    description = whole
    baseText = whole
    self.provider = provider
    contextSuffix = nil
  }

  private static func isSound(_ part: Substring) -> Bool {
    guard let first = part.utf8.first, let last = part.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else {
      return false
    }
    guard !part.contains(".."), !part.contains("::") else { return false }
    return part.utf8.allSatisfy {
      isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":")
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
}

extension ModelID {
  /// Whether the model turns text into vectors: it has no output tokens, so a request reserves its input alone. All such models on
  /// Bedrock have `embed` in their names.
  public var isEmbeddingModel: Bool { description.hasBytes(of: "embed") }
}

extension ModelID {
  /// The revision at the end of an id: `-v2:0` or `-1:0`.
  struct Revision: Equatable {
    /// `2`, or `3.5` in `rerank-v3-5:0`.
    var major: String
    /// The part after the colon; `0` without one.
    var minor: String
    /// As quota names write it: `2`, or `1.1` for `-v1:1`.
    var spelled: String { minor == "0" ? major : "\(major).\(minor)" }
  }

  /// The name between the provider and the revision, and the revision.
  var nameAndRevision: (name: Substring, revision: Revision?) {
    let whole = base.description.dropFirst(provider.count + 1)
    let sides = whole.split(separator: ":", maxSplits: 1)
    var tokens = sides[0].split(separator: "-")
    let minor = sides.count > 1 ? String(sides[1]) : nil
    guard let last = tokens.last else { return (whole, nil) }
    // In cohere.rerank-v3-5:0, the number after v3 belongs to the version.
    if tokens.count >= 2, last.allSatisfy(\.isNumber), last.count <= 2, let major = Self.versionNumber(tokens[tokens.count - 2]) {
      tokens.removeLast(2)
      return (Substring(tokens.joined(separator: "-")), Revision(major: "\(major).\(last)", minor: minor ?? "0"))
    }
    if let major = Self.versionNumber(last), tokens.count > 1 {
      tokens.removeLast()
      return (Substring(tokens.joined(separator: "-")), Revision(major: major, minor: minor ?? "0"))
    }
    // openai.gpt-oss-20b-1:0 has no v. Only the size before the 1 and the :0 after it show that the 1 is a revision.
    if minor == "0", last.allSatisfy(\.isNumber), tokens.count > 1, Self.isSize(tokens[tokens.count - 2]) {
      tokens.removeLast()
      return (Substring(tokens.joined(separator: "-")), Revision(major: String(last), minor: "0"))
    }
    // "grok-4.6:2" has no revision before the colon, so it is a patch of the first revision. ":0" says nothing.
    return (sides[0], minor.flatMap { $0 == "0" ? nil : Revision(major: "1", minor: $0) })
  }

  /// `20b`
  private static func isSize(_ token: Substring) -> Bool {
    token.last == "b" && token.count > 1 && token.dropLast().allSatisfy(\.isNumber)
  }

  private static func versionNumber(_ token: Substring) -> String? {
    guard token.first == "v", token.count > 1, token.dropFirst().allSatisfy(\.isNumber) else { return nil }
    return String(token.dropFirst())
  }
}
