package import AWSWire
package import Bedquota
package import BedrockQuotas
import Foundation

/// What the method and the path of a request ask for. The path alone decides; no header or member of a body names a host.
package enum GatewayRoute: Sendable, Equatable {
  /// A request to a model, which waits for its quota.
  case invocation(Invocation)
  /// A request that no quota of ours counts, which is signed and passed on at once.
  case passage(Passage)
  /// A page of the gateway itself.
  case page(Page)

  /// A request to a model.
  package struct Invocation: Sendable, Equatable {
    package var api: ModelRequest.API
    /// nil: the body says so, in its member `stream`.
    package var isStreamed: Bool?
    /// nil: bedrock-runtime, but bedrock-mantle for a model that is there alone.
    package var endpoint: QuotaEndpoint?
    /// The id in the path, decoded; nil: the body names the model.
    package var id: String?
    /// Path and query as they go to AWS.
    package var target: String
  }

  /// A request that is passed on at once.
  package struct Passage: Sendable, Equatable {
    package var service: AWSService
    package var target: String
    /// The id in the path, decoded; nil: there is none.
    package var id: String?
    /// The API in whose form the body names a model; nil: no body does.
    package var bodyAPI: ModelRequest.API?
    /// Whether it starts work for which the account pays, and which no quota of tokens bounds.
    package var isCharged: Bool

    package init(
      service: AWSService, target: String, id: String? = nil, bodyAPI: ModelRequest.API? = nil, isCharged: Bool = false
    ) {
      self.service = service
      self.target = target
      self.id = id
      self.bodyAPI = bodyAPI
      self.isCharged = isCharged
    }
  }

  package enum Page: Sendable, Equatable {
    case live, ready, health, metrics, status
    /// The models, in the form of OpenAI and Anthropic.
    case models
    /// `HEAD /api/hello`, with which Claude Code begins.
    case hello
  }

  /// Why a request goes nowhere.
  package enum Problem: Error, Sendable, Equatable {
    /// Two servers could read the target in two ways.
    case ambiguous
    case unknown
    /// A two-way stream, which the gateway doesn't carry.
    case bidirectional
  }

  /// - Parameters:
  ///   - target: path and query as the caller sent them.
  ///   - signingName: the service of the caller's signature; nil: none is signed.
  package init(method: String, target: String, signingName: String? = nil) throws(Problem) {
    guard Self.isPlain(target) else { throw .ambiguous }
    let path = target.prefix { $0 != "?" }
    let query = target.dropFirst(path.count)
    if let page = Self.page(method, path) {
      self = .page(page)
    } else if path.hasPrefix("/model/"), method == "POST" {
      self = try Self.native(path, query)
    } else if let passage = Self.passage(method, path, query) {
      self = .passage(passage)
    } else if method == "POST", let compatible = Self.compatible(path, query, signingName: signingName) {
      self = compatible
    } else {
      throw .unknown
    }
  }

  /// Whether a target is in origin form, and has nothing that servers decode, drop or merge in different ways: dot segments, empty
  /// segments, backslashes, matrix parameters, characters that must be encoded.
  static func isPlain(_ target: String) -> Bool {
    let bytes = target.utf8
    guard bytes.first == UInt8(ascii: "/"), bytes.count <= 8_192 else { return false }
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 && $0 != 0x5C && $0 != 0x22 && $0 != 0x3C && $0 != 0x3E })
    else { return false }
    let path = target.prefix { $0 != "?" }
    guard !path.utf8.contains(UInt8(ascii: ";")), hasValidEscapes(target) else { return false }
    // The root has one segment, which is empty.
    guard path != "/" else { return true }
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return segments.allSatisfy { segment in
      guard let decoded = String(segment).removingPercentEncoding else { return false }
      return !decoded.isEmpty && decoded != "." && decoded != ".."
        && decoded.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
        && !decoded.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == "." || $0 == ".." }
    }
  }

  private static func hasValidEscapes(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
      let digits = rest[rest.index(after: percent)...].prefix(2)
      guard digits.count == 2,
        digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= ($0 | 0x20) })
      else { return false }
      rest = rest[digits.endIndex...]
    }
    return true
  }

  private static func page(_ method: String, _ path: Substring) -> Page? {
    switch (method, path) {
    case ("GET", "/livez"), ("HEAD", "/livez"): .live
    case ("GET", "/readyz"), ("HEAD", "/readyz"): .ready
    case ("GET", "/health"), ("HEAD", "/health"): .health
    case ("GET", "/metrics"): .metrics
    case ("GET", "/status"): .status
    case ("GET", "/v1/models"), ("GET", "/openai/v1/models"): .models
    case ("HEAD", "/api/hello"), ("GET", "/api/hello"): .hello
    default: nil
    }
  }

  /// `/model/{id}/{operation}`. Clients encode the slashes of an ARN or don't, so the last segment alone is the operation.
  private static func native(_ path: Substring, _ query: Substring) throws(Problem) -> GatewayRoute {
    let rest = path.dropFirst("/model/".count)
    guard let slash = rest.lastIndex(of: "/"), slash > rest.startIndex,
      let id = String(rest[..<slash]).removingPercentEncoding, !id.isEmpty, id.utf8.count <= 2_048
    else { throw .unknown }
    let target = String(path + query)
    func invocation(_ api: ModelRequest.API, isStreamed: Bool) -> GatewayRoute {
      .invocation(Invocation(api: api, isStreamed: isStreamed, endpoint: .runtime, id: id, target: target))
    }
    switch rest[rest.index(after: slash)...] {
    case "invoke": return invocation(.invokeModel, isStreamed: false)
    case "invoke-with-response-stream": return invocation(.invokeModel, isStreamed: true)
    case "converse": return invocation(.converse, isStreamed: false)
    case "converse-stream": return invocation(.converse, isStreamed: true)
    case "count-tokens": return .passage(Passage(service: .bedrockRuntime, target: target, id: id))
    case "invoke-with-bidirectional-stream": throw .bidirectional
    default: throw .unknown
    }
  }

  /// What is neither held nor counted.
  private static func passage(_ method: String, _ path: Substring, _ query: Substring) -> Passage? {
    let first = path.dropFirst().prefix { $0 != "/" }
    let service: AWSService? =
      switch (method, first) {
      case ("POST", "guardrail"), ("POST", "guardrail-checks"), ("GET", "async-invoke"), ("POST", "async-invoke"): .bedrockRuntime
      case ("GET", "inference-profiles"), ("GET", "foundation-models"), ("POST", "model-invocation-job"),
        ("GET", "model-invocation-job"), ("GET", "model-invocation-jobs"):
        .bedrock
      default: nil
      }
    let isCharged = method == "POST" && (path == "/async-invoke" || path == "/model-invocation-job")
    return service.map { Passage(service: $0, target: String(path + query), isCharged: isCharged) }
  }

  /// The paths of OpenAI's and Anthropic's APIs.
  ///
  /// | prefix | goes to |
  /// |---|---|
  /// | `/openai/v1`, `/anthropic/v1` | bedrock-runtime, or bedrock-mantle if it is signed for that |
  /// | `/v1` | the endpoint that has the model: bedrock-runtime wherever it can |
  /// | `/mantle/v1`, `/mantle/openai/v1`, `/mantle/anthropic/v1` | bedrock-mantle |
  private static func compatible(_ path: Substring, _ query: Substring, signingName: String?) -> GatewayRoute? {
    let isMantle = path.hasPrefix("/mantle/")
    let rest = isMantle ? path.dropFirst("/mantle".count) : path
    let bases = ["/openai/v1", "/anthropic/v1", "/v1"]
    guard let base = bases.first(where: { rest.hasPrefix($0 + "/") }) else { return nil }
    let api: ModelRequest.API
    switch (base, rest.dropFirst(base.count)) {
    case ("/openai/v1", "/chat/completions"), ("/v1", "/chat/completions"): api = .chatCompletions
    case ("/openai/v1", "/responses"), ("/v1", "/responses"): api = .responses
    case ("/anthropic/v1", "/messages"), ("/v1", "/messages"): api = .messages
    case ("/anthropic/v1", "/messages/count_tokens"), ("/v1", "/messages/count_tokens"):
      let service: AWSService = isMantle || signingName == AWSService.bedrockMantle.signingName ? .bedrockMantle : .bedrockRuntime
      return .passage(Passage(service: service, target: "/anthropic/v1/messages/count_tokens\(query)", bodyAPI: .messages))
    default: return nil
    }
    let toMantle = isMantle || signingName == AWSService.bedrockMantle.signingName
    var target = String(rest + query)
    if base == "/v1" {
      // bedrock-runtime has no such paths, and bedrock-mantle has Messages under its own only.
      if api == .messages { target = "/anthropic\(rest)\(query)" } else if !toMantle { target = "/openai\(rest)\(query)" }
    }
    return .invocation(
      Invocation(
        api: api, isStreamed: nil, endpoint: toMantle ? .mantle : base == "/v1" ? nil : .runtime, id: nil, target: target))
  }
}
