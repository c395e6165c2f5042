import AWSWire
package import BedrockQuotas
package import Foundation

/// A request that the gateway relays unchanged, read as far as its cost requires.
///
/// It holds the body as a value, which takes memory: drop it when the bounds are known. A body that can't be read is AWS's to refuse;
/// until then it counts as all that its model takes and gives.
package struct RelayedRequest: Sendable {
  /// Why a body can't be read.
  package enum Unread: String, Sendable {
    /// It is compressed, or in another content coding.
    case encoded
    /// It is no JSON object, or deeper or larger than anybody sends.
    case notJSON
  }

  package let api: ModelRequest.API
  /// The models that the body names, each once and in their order; empty for Bedrock's own operations. Of several, nobody knows which one AWS takes.
  package let models: [String]
  /// Whether a stream is asked for.
  package let isStreamed: Bool
  /// The service tier that the caller asks for, such as `flex`; nil if none is named.
  package let serviceTier: String?
  /// nil if the body was read.
  package let unread: Unread?
  /// The body as a value; nil if it can't be read.
  let request: ModelRequest?

  /// - Parameters:
  ///   - isStreamed: what the path says; nil: the body says it.
  ///   - headers: those of the request, in any case.
  package init(_ api: ModelRequest.API, isStreamed: Bool?, body: Data, headers: [(name: String, value: String)]) {
    self.api = api
    let isEncoded = headers.contains { name, value in
      name.utf8.count == 16 && name.lowercased() == "content-encoding" && !value.isEmpty && value.lowercased() != "identity"
    }
    let json = isEncoded ? nil : try? JSONValue(body)
    request = json.flatMap { $0.members == nil ? nil : ModelRequest(api, body: $0, json: body) }
    unread = request == nil ? isEncoded ? .encoded : .notJSON : nil
    let members = request?.body.members ?? []
    var models: [String] = []
    if api.compatible != nil {
      for member in members where member.name == "model" {
        if let name = member.value.string, !models.contains(name) { models.append(name) }
      }
    }
    self.models = models
    self.isStreamed = isStreamed ?? members.contains { $0.name == "stream" && $0.value == .bool(true) }
    serviceTier = Self.tier(headers) ?? request?.body["service_tier"]?.string ?? request?.body["serviceTier"]?["type"]?.string
  }

  private static func tier(_ headers: [(name: String, value: String)]) -> String? {
    headers.last { $0.name.utf8.count == 27 && $0.name.lowercased() == "x-amzn-bedrock-service-tier" }?.value
  }

  /// max_tokens; nil if the request sets none, or none that the model surely reads. Of several, the largest.
  package func maxTokens(readBy model: ModelID?) -> Int? {
    guard let request, request.shapeProblem == nil, !request.repeatsBound else { return nil }
    return request.maxTokens(readBy: model)
  }

  /// Whether the member `model` is there more than once.
  package var repeatsModel: Bool { (request?.body.members ?? []).count { $0.name == "model" } > 1 }

  /// What it can use of a model.
  package func bounds(at resolution: Resolution) -> RequestBounds {
    guard let request else { return RequestBounds(unreadAt: resolution) }
    return RequestBounds(
      InputSize(request.body, Facts.builtIn.mediaCost(of: resolution.modelID)), maxTokens: maxTokens(readBy: resolution.modelID),
      choices: request.choices,
      usesStoredPrompt: request.usesStoredPrompt, at: resolution)
  }
}

extension ModelRequest {
  /// Whether an object that may hold max_tokens comes twice: AWS may read the other one.
  fileprivate var repeatsBound: Bool {
    let roots = Set(api.maxTokensPaths.filter { $0.count > 1 }.compactMap(\.first) + ["additionalModelRequestFields"])
    let names = (body.members ?? []).map(\.name).filter(roots.contains)
    return Set(names).count < names.count
  }
}
