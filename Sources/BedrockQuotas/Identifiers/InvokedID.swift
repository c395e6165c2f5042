/// Anything that the `modelId` of an invocation may be.
public enum InvokedID: Sendable, Hashable {
  case model(ModelID)
  case systemProfile(InferenceProfileID)
  /// An application inference profile, by ARN or bare id.
  case applicationProfile(String)
  case provisionedModel(String)
  case customModelDeployment(String)
  case customModel(String)
  case importedModel(String)
  case promptRouter(String)
  case prompt(String)
  case marketplaceEndpoint(String)
  /// A name without a dot: of a provisioned model, say. What it stands for only the account knows.
  case name(String)

  /// Reads an id as InvokeModel and Converse take it; nil where they would call it malformed.
  ///
  /// Source: the pattern of `modelId` in botocore 1.43.11, bedrock-runtime 2023-09-30.
  public init?(_ text: String, facts: Facts = .builtIn) {
    guard !text.isEmpty, text.utf8.count <= 2_048 else { return nil }
    if text.hasPrefix("arn:") {
      guard let id = Self.fromARN(text, facts: facts) else { return nil }
      self = id
    } else if let profile = InferenceProfileID(text, facts: facts) {
      self = .systemProfile(profile)
    } else if InferenceProfileID.knownGeographies.contains(String(text.prefix { $0 != "." })), text.contains(".") {
      return nil  // "us.claude": a geography and then no provider.
    } else if let model = ModelID(text) {
      self = .model(model)
    } else if Self.isName(text) {
      self = .name(text)
    } else {
      return nil
    }
  }

  private static func fromARN(_ text: String, facts: Facts) -> InvokedID? {
    // arn:partition:service:region:account:kind/id
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[1].hasPrefix("aws") else { return nil }
    let account = parts[4]
    guard account.isEmpty || (account.count == 12 && account.allSatisfy(\.isNumber)) else { return nil }
    guard parts[3].utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }) else {
      return nil
    }
    let resource = parts[5].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard resource.count == 2, !resource[1].isEmpty else { return nil }
    let id = String(resource[1])
    guard id.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
    switch (parts[2], resource[0]) {
    case ("bedrock", "foundation-model"): return ModelID(id).map(InvokedID.model)
    case ("bedrock", "inference-profile"):
      // Application profiles made by some tools carry this kind with an id that is not a system profile's.
      return InferenceProfileID(id, facts: facts).map(InvokedID.systemProfile) ?? .applicationProfile(text)
    case ("bedrock", "application-inference-profile"): return .applicationProfile(text)
    case ("bedrock", "provisioned-model"): return .provisionedModel(text)
    case ("bedrock", "custom-model-deployment"): return .customModelDeployment(text)
    case ("bedrock", "custom-model"): return .customModel(text)
    case ("bedrock", "imported-model"): return .importedModel(text)
    case ("bedrock", "default-prompt-router"), ("bedrock", "prompt-router"): return .promptRouter(text)
    case ("bedrock", "prompt"): return .prompt(text)
    case ("sagemaker", "endpoint"): return .marketplaceEndpoint(text)
    default: return nil
    }
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

  /// The foundation model, where the id itself says it.
  public var model: ModelID? {
    switch self {
    case .model(let id): id
    case .systemProfile(let profile): profile.model
    default: nil
    }
  }
}
