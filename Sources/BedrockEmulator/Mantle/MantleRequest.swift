import AWSServer
import Foundation

/// A request to bedrock-mantle, by its path.
struct MantleRequest: Equatable {
  /// The part of the paths that is the same for a model's APIs.
  enum Surface: String, Sendable {
    case plain = "/v1"
    case openAI = "/openai/v1"
    case anthropic = "/anthropic/v1"
  }

  enum Route: Equatable {
    case inference(CompatibleAPI, Surface)
    case models
    case model(id: String)
    /// A response that the Responses API remembers.
    case response(id: String)
    case cancellation(id: String)
    case unknown
  }

  /// The base of the endpoint's paths for clients that can be given a base URL only. The endpoint itself has a host of its own.
  static let base = "/bedrock-mantle"

  /// Paths that are on this endpoint only. The control plane has others below `/v1/`.
  private static let ownPaths = ["/v1/chat/", "/v1/responses", "/v1/messages", "/v1/models"]

  /// Without ``base``.
  let path: String
  let served: ServedService

  /// Recognises a request to the endpoint by its path, its host or the service that it is signed for; nil for any other.
  ///
  /// A request with an API key names no service. The paths of ``ownPaths`` are on this endpoint only, but `/openai/v1/…` and
  /// `/anthropic/v1/…` are also on bedrock-runtime, which gets them unless the host or ``base`` says otherwise.
  init?(_ request: ServerRequest) {
    let isItsHost = request.header("host").map(Self.isHost) ?? false
    // Nearly every request of the other endpoint: the rest needn't be looked at.
    guard isItsHost || !request.pathBegins(with: "/model/") else { return nil }
    var path = request.path
    let scope = request.signatureScope ?? ""
    if path == Self.base || path.hasPrefix(Self.base + "/") {
      path = path.dropFirst(Self.base.utf8.count)
    } else if !isItsHost, !scope.contains("/bedrock-mantle/aws4_request"), !Self.ownPaths.contains(where: path.hasPrefix) {
      return nil
    }
    self.path = String(path)
    // AWS accepts signatures for either service, as users report.
    let isOfRuntime = scope.contains("/bedrock/aws4_request")
    served =
      path.contains("/v1/messages")
      ? isOfRuntime ? .bedrockMessages : .mantleMessages : isOfRuntime ? .bedrockOpenAI : .mantleOpenAI
  }

  /// Compares bytes, because this is called for every request.
  private static func isHost(_ host: String) -> Bool {
    let (bytes, beginning) = (host.utf8, "bedrock-mantle.".utf8)
    return bytes.count > beginning.count && zip(bytes, beginning).allSatisfy { $0 == $1 || $0 &+ 32 == $1 }
  }

  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/logging-cloudtrail-mantle.html, "HTTP route".
  func route(_ method: String) -> Route {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      $0.removingPercentEncoding ?? String($0)
    }
    let surface: Surface? =
      parts.first == "v1" ? .plain : parts.count > 1 && parts[1] == "v1" ? Surface(rawValue: "/\(parts[0])/v1") : nil
    guard let surface else { return .unknown }
    let rest = Array(parts.dropFirst(surface == .plain ? 1 : 2))
    switch (method, rest.first, rest.count) {
    case ("POST", "messages", 1) where surface != .openAI: return .inference(.messages, .anthropic)
    case ("POST", "messages", 2) where surface != .openAI && rest[1] == "count_tokens":
      return .inference(.countTokens, .anthropic)
    case (_, _, _) where surface == .anthropic: return .unknown
    case ("POST", "chat", 2) where rest[1] == "completions": return .inference(.chatCompletions, surface)
    case ("POST", "responses", 1): return .inference(.responses, surface)
    case ("GET", "responses", 2), ("DELETE", "responses", 2): return .response(id: rest[1])
    case ("POST", "responses", 3) where rest[2] == "cancel": return .cancellation(id: rest[1])
    case ("GET", "models", 1) where surface == .plain: return .models
    case ("GET", "models", 2) where surface == .plain: return .model(id: rest[1])
    default: return .unknown
    }
  }
}
