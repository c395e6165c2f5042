/// Any value that the `modelId` of an invocation may have, as given in the request.
public struct InvokedID: Sendable, Hashable, CustomStringConvertible {
  /// The kind of resource that an id names.
  package enum Kind: Sendable, Hashable {
    case model(ModelID)
    case systemProfile(InferenceProfileID)
    /// An application inference profile, named by ARN; its bare id is a ``name``.
    case applicationProfile
    case provisionedModel
    case customModelDeployment
    case customModel
    case importedModel
    case promptRouter
    case prompt
    case marketplaceEndpoint
    /// A name without a dot, of a provisioned model for example. Only the account can resolve it.
    case name
  }

  /// The id as it was given.
  public let text: String
  package let kind: Kind
  /// The Region of an ARN; nil for other ids, and for ARNs without one.
  public let region: String?
  /// The account of an ARN, 12 digits; nil for other ids, and for ARNs without one.
  public let account: String?

  public var description: String { text }

  /// Reads an id that InvokeModel and Converse accept; nil if they would reject it as malformed.
  ///
  /// Source: the pattern of `modelId` in botocore 1.43.11, bedrock-runtime 2023-09-30.
  public init?(_ text: String, facts: Facts = .builtIn) {
    guard !text.isEmpty, text.utf8.count <= 2_048 else { return nil }
    if text.hasPrefix("arn:") {
      guard let arn = InvokedARN(text), let kind = arn.kind(facts: facts) else { return nil }
      self.init(text: text, kind: kind, region: arn.region, account: arn.account)
    } else {
      guard let kind = Self.kind(of: text, facts: facts) else { return nil }
      self.init(text: text, kind: kind)
    }
  }

  /// The bare id of a foundation model.
  public init(_ model: ModelID) { self.init(text: model.description, kind: .model(model)) }

  private init(text: String, kind: Kind, region: String? = nil, account: String? = nil) {
    self.text = text
    self.kind = kind
    self.region = region
    self.account = account
  }

  private static func kind(of text: String, facts: Facts) -> Kind? {
    if let profile = InferenceProfileID(text, facts: facts) { return .systemProfile(profile) }
    // "us.claude" has a geography but no provider.
    if text.contains("."), InferenceProfileID.knownGeographies.contains(String(text.prefix { $0 != "." })) { return nil }
    if let model = ModelID(text) { return .model(model) }
    return isName(text) ? .name : nil
  }

  /// `([0-9a-zA-Z][_-]?)+`
  private static func isName(_ text: String) -> Bool {
    guard text.utf8.count <= 256, text.first != "-", text.first != "_" else { return false }
    var previous: UInt8 = 0
    for byte in text.utf8 {
      let isMark = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      let isLetter = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      guard isLetter || (isMark && previous != UInt8(ascii: "-") && previous != UInt8(ascii: "_")) else { return false }
      previous = byte
    }
    return true
  }

  /// Whether the id is an ARN.
  public var isARN: Bool { text.hasPrefix("arn:") }

  /// The foundation model, if the id itself names it.
  public var model: ModelID? {
    switch kind {
    case .model(let id): id
    case .systemProfile(let profile): profile.model
    default: nil
    }
  }
}
