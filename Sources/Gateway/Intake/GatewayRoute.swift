package import AWSWire
package import Bedquota
package import BedrockQuotas
import Foundation

/// What the method and the path of a request ask for. The path alone decides; no header or member of a body names a host.
package enum GatewayRoute: Sendable, Equatable {
  /// A request to a model, which waits for its quota.
  case invocation(Invocation)
  /// A request that no quota of ours counts, which is signed and relayed at once.
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

  /// A request that is relayed at once.
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
    /// For browsers: what goes on now, and the events that keep it up to date.
    case home, events
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
  package init(method: String, target: String, signingName: @autoclosure () -> String? = nil) throws(Problem) {
    guard Self.isPlain(target) else { throw .ambiguous }
    let path = target.prefix { $0 != "?" }
    let query = target.dropFirst(path.count)
    if let page = Self.page(method, path) {
      self = .page(page)
    } else if path.hasPrefix("/model/"), method == "POST" {
      self = try Self.native(path, query)
    } else if let passage = Self.passage(method, path, query) {
      self = .passage(passage)
    } else if method == "POST", let compatible = Self.compatible(path, query, signingName: signingName()) {
      self = compatible
    } else {
      throw .unknown
    }
  }

  /// Whether a target is in origin form, and has nothing that servers decode, drop or merge in different ways: dot segments, empty
  /// segments, backslashes, matrix parameters, characters that must be encoded.
  static func isPlain(_ target: String) -> Bool {
    var target = target
    return target.withUTF8 { bytes in
      guard bytes.first == slash, bytes.count <= 8_192, bytes.allSatisfy(isTargetByte) else { return false }
      let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
      guard hasValidEscapes(bytes[...]) else { return false }
      let path = bytes[1..<end]
      // The root has one segment, which is empty.
      if path.isEmpty { return true }
      return !path.contains(UInt8(ascii: ";")) && hasPlainSegments(path)
    }
  }

  private static let slash = UInt8(ascii: "/")
  private static let percent = UInt8(ascii: "%")

  /// Visible ASCII but for those that a target never has: `"`, `#`, `<`, `>`, a backslash.
  private static func isTargetByte(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != 0x22 && byte != 0x23 && byte != 0x3C && byte != 0x3E && byte != 0x5C
  }

  private static func hasValidEscapes(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    bytes.indices.allSatisfy { index in
      bytes[index] != percent || (index + 2 < bytes.endIndex && digit(bytes[index + 1]) != nil && digit(bytes[index + 2]) != nil)
    }
  }

  /// Whether no segment is empty or a dot segment, neither as it is nor decoded, and none decodes to what no path has.
  private static func hasPlainSegments(_ path: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard path.contains(percent) else { return areNames(path) }
    // An encoded slash parts no segments here, and may elsewhere.
    guard areNames(path), let decoded = decodedBytes(path) else { return false }
    return areNames(decoded[...]) && decoded.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
      && String(validating: decoded, as: UTF8.self) != nil
  }

  private static func areNames(_ path: some Collection<UInt8>) -> Bool {
    var (length, dots) = (0, 0)
    func isName() -> Bool { length > 0 && !(length == dots && dots <= 2) }
    for byte in path {
      if byte == slash {
        guard isName() else { return false }
        (length, dots) = (0, 0)
      } else {
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
      }
    }
    return isName()
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): (byte | 0x20) - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// nil for an escape without two digits.
  private static func decodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      guard byte == percent else {
        out.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
      out.append(high << 4 | low)
    }
    return out
  }

  private static func decoded(_ text: Substring) -> String? {
    guard text.utf8.contains(percent) else { return String(text) }
    return decodedBytes(text.utf8).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private static func page(_ method: String, _ path: Substring) -> Page? {
    switch (method, path) {
    case ("GET", "/livez"), ("HEAD", "/livez"): .live
    case ("GET", "/readyz"), ("HEAD", "/readyz"): .ready
    case ("GET", "/health"), ("HEAD", "/health"): .health
    case ("GET", "/metrics"), ("HEAD", "/metrics"): .metrics
    case ("GET", "/status"), ("HEAD", "/status"): .status
    case ("GET", "/"), ("HEAD", "/"): .home
    case ("GET", "/events"): .events
    case ("GET", "/v1/models"), ("GET", "/openai/v1/models"): .models
    case ("HEAD", "/api/hello"), ("GET", "/api/hello"): .hello
    default: nil
    }
  }

  /// `/model/{id}/{operation}`. Clients encode the slashes of an ARN or don't, so the last segment alone is the operation.
  private static func native(_ path: Substring, _ query: Substring) throws(Problem) -> GatewayRoute {
    let rest = path.dropFirst("/model/".count)
    guard let slash = rest.lastIndex(of: "/"), slash > rest.startIndex,
      let id = Self.decoded(rest[..<slash]), !id.isEmpty, id.utf8.count <= 2_048
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
    if let target = stored(method, path) { return Passage(service: .bedrockMantle, target: "\(target)\(query)") }
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

  /// What bedrock-mantle keeps: its models, and the responses that are stored or made in the background.
  private static func stored(_ method: String, _ path: Substring) -> Substring? {
    guard path.hasPrefix("/mantle/") else { return nil }
    let target = path.dropFirst("/mantle".count)
    guard let base = ["/openai/v1/", "/v1/"].first(where: { target.hasPrefix($0) }) else { return nil }
    let names = target.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false)
    return switch (method, names.first, names.count) {
    case ("GET", "models", 1...2), ("GET", "responses", 2), ("DELETE", "responses", 2): target
    case ("GET", "responses", 3) where names[2] == "input_items": target
    case ("POST", "responses", 3) where names[2] == "cancel": target
    default: nil
    }
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
