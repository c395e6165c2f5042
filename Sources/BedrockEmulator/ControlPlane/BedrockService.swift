package import AWSServer
import AWSWire
package import Foundation

/// Bedrock's control plane in one Region, in restJson1: models, inference profiles, Provisioned Throughputs and tags.
package struct BedrockService: Sendable {
  let models: [(model: FoundationModel, encoded: Data)]
  let profiles: InferenceProfileStore
  /// The account's own profiles, by ARN.
  let encodedProfiles: [String: Data]
  let guardrails: GuardrailStore
  let resourceTags = ResourceTags()
  let provisioned: [ProvisionedModel]
  let tokens: PageToken
  /// Whether the account has no access to a model, by the model's id.
  let denies: @Sendable (String) -> Bool

  package init(_ account: EmulatedAccount, tokens: PageToken) throws {
    try self.init(
      account, profiles: InferenceProfileStore(account), guardrails: GuardrailStore(account), tokens: tokens)
  }

  init(
    _ account: EmulatedAccount, profiles: InferenceProfileStore, guardrails: GuardrailStore, tokens: PageToken,
    denies: @escaping @Sendable (String) -> Bool = { _ in false }
  ) throws {
    self.tokens = tokens
    self.denies = denies
    self.profiles = profiles
    self.guardrails = guardrails
    encodedProfiles = Dictionary(
      zip(account.profiles.map(\.inferenceProfileArn), try EncodedList(account.profiles).items)
    ) { first, _ in first }
    // Times stay as they are in the folder: the older AWS CLI prints them unparsed and must print the same file.
    models = Array(zip(account.models, try EncodedList(account.models).items))
    provisioned = try ProvisionedModel.all(account.provisioned)
  }

  /// - Parameter now: the time of what is created.
  package func respond(to request: ServerRequest, now: Date = Date(timeIntervalSince1970: 0)) throws(AWSFault) -> ServerResponse {
    switch BedrockRoute(request) {
    case .listFoundationModels: return try listModels(request.query)
    case .getFoundationModel(let id): return try model(id)
    case .getFoundationModelAvailability(let id): return try availability(id)
    case .listInferenceProfiles: return try listProfiles(request.query)
    case .getInferenceProfile(let id): return try profile(id)
    case .createInferenceProfile: return try createProfile(request.jsonObject(), now: now)
    case .deleteInferenceProfile(let id): return try deleteProfile(id)
    case .tagResource: return try tag(request.jsonObject())
    case .untagResource: return try untag(request.jsonObject())
    case .listTagsForResource: return try listTags(request.jsonObject())
    case .listProvisionedModelThroughputs: return try listProvisionedModels(request.query)
    case .getProvisionedModelThroughput(let id): return try provisionedModel(id)
    case .createGuardrail: return try createGuardrail(request.jsonObject(), now: now)
    case .updateGuardrail(let id): return try updateGuardrail(id, request.jsonObject(), now: now)
    case .createGuardrailVersion(let id): return try createGuardrailVersion(id, request.jsonObject(), now: now)
    case .getGuardrail(let id): return try guardrail(id, request.query)
    case .listGuardrails: return try listGuardrails(request.query)
    case .deleteGuardrail(let id): return try deleteGuardrail(id, request.query)
    default: return BedrockRoute.unknown
    }
  }

  private func listModels(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let provider = query["byProvider"]?.lowercased()
    let modality = try choice(query, "byOutputModality", ["TEXT", "IMAGE", "EMBEDDING", "VIDEO", "SPEECH"])
    let inference = try choice(query, "byInferenceType", ["ON_DEMAND", "PROVISIONED", "INFERENCE_PROFILE"])
    let customization = try choice(query, "byCustomizationType", ["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"])
    let found = models.filter { model, _ in
      (provider == nil || model.providerName?.lowercased() == provider)
        && (modality == nil || model.outputModalities?.contains(modality!) == true)
        && (inference == nil || model.inferenceTypesSupported?.contains(inference!) == true)
        && (customization == nil || model.customizationsSupported?.contains(customization!) == true)
    }
    let list = EncodedList(encoded: found.map(\.encoded))
    return .json(list.page("modelSummaries", from: 0, count: .max / 2, tokenMember: "nextToken") { _ in "" })
  }

  private func model(_ id: String) throws(AWSFault) -> ServerResponse {
    .json(Data("{\"modelDetails\":".utf8) + (try known(model: id)).encoded + Data("}".utf8))
  }

  func known(model id: String) throws(AWSFault) -> (model: FoundationModel, encoded: Data) {
    if let found = models.first(where: { $0.model.modelId == id || $0.model.modelArn == id }) { return found }
    throw AWSFault(
      code: "ResourceNotFoundException", message: "Could not resolve the foundation model from the model identifier: \(id)",
      status: 404)
  }

  /// Forgets what was tagged, and all guardrails.
  func reset() {
    resourceTags.reset()
    guardrails.reset()
  }

  func page(_ query: [String: String], listing: String) throws(AWSFault) -> (count: Int, offset: Int) {
    let count = query["maxResults"].map { Int($0) ?? 0 } ?? 1_000
    guard (1...1_000).contains(count) else {
      throw invalid("maxResults", query["maxResults"] ?? "", "Member must be between 1 and 1000")
    }
    guard let token = query["nextToken"] else { return (count, 0) }
    guard let offset = tokens.read(token, listing: listing) else {
      throw invalid("nextToken", token, "Member must be a token of this listing")
    }
    return (count, offset)
  }

  func choice(_ query: [String: String], _ name: String, _ values: [String]) throws(AWSFault) -> String? {
    guard let value = query[name] else { return nil }
    guard values.contains(value) else {
      throw invalid(name, value, "Member must satisfy enum value set: [\(values.joined(separator: ", "))]")
    }
    return value
  }

  func invalid(_ name: String, _ value: String, _ constraint: String) -> AWSFault {
    AWSFault(
      code: "ValidationException",
      message:
        "1 validation error detected: Value '\(value.prefix(100))' at '\(name)' failed to satisfy constraint: \(constraint)")
  }
}
