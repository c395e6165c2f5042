package import AWSServer
import AWSWire
import Foundation

/// Bedrock's control plane in one Region, in restJson1: models, inference profiles and Provisioned Throughputs.
package struct BedrockService: Sendable {
  private let models: [(model: FoundationModel, encoded: Data)]
  private let profiles: [(profile: InferenceProfile, encoded: Data)]
  let provisioned: [ProvisionedModel]
  let tokens: PageToken

  package init(_ account: EmulatedAccount, tokens: PageToken) throws {
    self.tokens = tokens
    // Times stay as they are in the folder: the older AWS CLI prints them unparsed and must print the same file.
    models = Array(zip(account.models, try EncodedList(account.models).items))
    profiles = Array(zip(account.profiles, try EncodedList(account.profiles).items))
    provisioned = try ProvisionedModel.all(account.provisioned)
  }

  package func respond(to request: ServerRequest) throws(AWSFault) -> ServerResponse {
    // Some clients encode the slashes and colons of an id or ARN in the path; others don't.
    let path = String(request.path)
    let parts = path.split(separator: "/", maxSplits: 1).map { $0.removingPercentEncoding ?? String($0) }
    switch (request.method, parts.first, parts.count > 1 ? parts[1] : nil) {
    case ("GET", "foundation-models", nil): return try listModels(request.query)
    case ("GET", "foundation-models", .some(let id)): return try model(id)
    case ("GET", "inference-profiles", nil): return try listProfiles(request.query)
    case ("GET", "inference-profiles", .some(let id)): return try profile(id)
    case ("GET", "provisioned-model-throughputs", nil): return try listProvisionedModels(request.query)
    case ("GET", "provisioned-model-throughput", .some(let id)): return try provisionedModel(id)
    default:
      throw AWSFault(
        code: "UnknownOperationException", message: "This emulator does not serve \(request.method) \(request.path.prefix(100)).",
        status: 404, isModelled: false)
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
    guard let found = models.first(where: { $0.model.modelId == id || $0.model.modelArn == id }) else {
      throw AWSFault(
        code: "ResourceNotFoundException", message: "Could not resolve the foundation model from the model identifier: \(id)",
        status: 404)
    }
    return .json(Data("{\"modelDetails\":".utf8) + found.encoded + Data("}".utf8))
  }

  private func listProfiles(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    // botocore calls the parameter typeEquals and sends it as "type".
    let type = try choice(query, query["type"] == nil ? "typeEquals" : "type", ["SYSTEM_DEFINED", "APPLICATION"])
    let listing = "ListInferenceProfiles/\(type ?? "")"
    let (count, offset) = try page(query, listing: listing)
    let list = EncodedList(encoded: profiles.filter { type == nil || $0.profile.type == type }.map(\.encoded))
    return .json(
      list.page("inferenceProfileSummaries", from: offset, count: count, tokenMember: "nextToken") {
        tokens.make(listing: listing, offset: $0)
      })
  }

  private func profile(_ id: String) throws(AWSFault) -> ServerResponse {
    guard let found = profiles.first(where: { $0.profile.inferenceProfileId == id || $0.profile.inferenceProfileArn == id })
    else {
      throw AWSFault(code: "ResourceNotFoundException", message: "Inference Profile \(id) not found", status: 404)
    }
    return .json(found.encoded)
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
