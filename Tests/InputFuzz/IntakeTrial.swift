import AWSServer
import AWSWire
import AdmissionSimulation
import Bedquota
import BedrockQuotas
import Foundation
import Gateway

/// Mutated requests to the gateway, read by everything that reads them before they are sent: whatever they say, what goes on is one
/// plain request, and costs something.
struct IntakeTrial: FuzzTrial {
  private static let methods = ["POST", "POST", "POST", "POST", "GET", "HEAD", "DELETE", "post", ""]
  private static let targets = [
    "/model/us.amazon.nova-pro-v1:0/converse", "/model/amazon.titan-text-express-v1/invoke",
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fx.y-v1%3A0/converse-stream",
    "/model/arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.x.y/invoke-with-response-stream",
    "/model/opus/count-tokens", "/openai/v1/chat/completions", "/v1/messages?beta=true", "/anthropic/v1/messages/count_tokens",
    "/mantle/v1/responses", "/inference-profiles?type=SYSTEM_DEFINED&maxResults=9", "/guardrail/abc/version/1/apply",
    "/async-invoke", "/model-invocation-job/a/stop", "/metrics", "/",
  ].map { Array($0.utf8) }
  private static let pieces = [
    "..", "/..", "/./", "//", "%2f", "%2F..%2F", "%2e%2e", "%00", "%0d%0a", "%", "%zz", ";", "\\", "%5c", "#", "?", " ", "\t",
    "\r\n",
    "é", "@evil.example", "http://", ":443", "/converse", "/model/",
  ].map { Array($0.utf8) }
  private static let names = [
    "connection", "Connection", "host", "content-length", "transfer-encoding", "te", "upgrade", "authorization", "x-api-key",
    "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-target", "x-amzn-bedrock-trace", "anthropic-beta",
    "cookie",
    "user-agent", "x-stainless-timeout", "x-stainless-read-timeout", "amz-sdk-request", "x-bedquota-max-wait", "via", "expect",
    "proxy-connection", "X-Forwarded-Host", "content-encoding", "x-amzn-bedrock-service-tier", "accept-encoding", "origin",
  ]
  private static let values = [
    "close, host, authorization", "keep-alive,,x-amz-date", "600", "1e308", "-1", "nan", "0x1p3", "NOT_GIVEN", "10m", "gzip",
    "flex",
    "ttl=20260115T103000Z; attempt=2; max=3", "attempt=1", "Boto3/1.43.127 md/Botocore#1.43", "claude-cli/2.1 (external, cli)",
    "Bearer abc", "127.0.0.1:4000", "[::1]:4000", "/", ";", ",", "=", "aws4_request", "SignedHeaders=host", "",
  ].map { Array($0.utf8) }
  private static let signature = Array(
    "AWS4-HMAC-SHA256 Credential=AKIA/20260115/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=00ff".utf8
  )
  private static let bodies = [
    #"{"model":"opus","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#,
    #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":7}}"#,
    #"{"model":"x","model":"opus","stream":true,"input":"Hi","max_output_tokens":5}"#, #"{"mod\u0065l":"opus"}"#, "{}", "",
  ].map { Array($0.utf8) }
  /// What AWS must not get, or only as the gateway writes it.
  private static let kept: Set<String> = [
    "connection", "host", "content-length", "transfer-encoding", "te", "upgrade", "authorization", "x-api-key", "x-amz-date",
    "x-amz-security-token", "x-amz-content-sha256", "x-amz-target", "cookie", "expect", "proxy-connection", "x-forwarded-host",
  ]
  private static let models = [
    "opus": [NamedRoute(id: "us.anthropic.claude-opus-4-7")],
    "a b": [NamedRoute(id: "arn:aws:bedrock:us-east-1::foundation-model/x")],
  ]

  private let resolution = FuzzClient.resolution("anthropic.claude-opus-4-7")
  private var routed = 0
  private var signed = 0
  private var read = 0
  private var renamed = 0

  var summary: String { "\(routed) were routed, \(signed) were signed, \(read) bodies were read, \(renamed) got another model" }

  mutating func run(_ random: inout Random) async throws -> String? {
    let target = String(decoding: Self.mutated(random.pick(Self.targets), Self.pieces, &random), as: UTF8.self)
    var headers: [(name: String, value: String)] = (0..<random.below(6)).map { _ in
      (random.pick(Self.names), String(decoding: Self.mutated(random.pick(Self.values), Self.values, &random), as: UTF8.self))
    }
    if random.chance(0.3) {
      headers.append(("authorization", String(decoding: Self.mutated(Self.signature, Self.values, &random), as: UTF8.self)))
    }
    if let problem = route(random.pick(Self.methods), target) { return problem }
    if let problem = Self.headers(headers) { return problem }
    if let problem = patience(headers) { return problem }
    return body(Data(Self.mutated(random.pick(Self.bodies), Self.bodies, &random)), headers, &random)
  }

  private static func mutated(_ bytes: [UInt8], _ pieces: [[UInt8]], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<random.below(3) {
      if random.chance(0.5) {
        bytes.insert(contentsOf: random.pick(pieces), at: random.below(bytes.count + 1))
      } else {
        Mutator.damage(&bytes, &random)
      }
    }
    return bytes
  }

  private mutating func route(_ method: String, _ target: String) -> String? {
    guard let route = try? GatewayRoute(method: method, target: target) else { return nil }
    routed += 1
    let (sent, id): (String, String?)
    switch route {
    case .invocation(let invocation): (sent, id) = (invocation.target, invocation.id)
    case .passage(let passage): (sent, id) = (passage.target, passage.id)
    case .page: return nil
    }
    if let problem = Self.problem(of: sent) {
      return "\(target.debugDescription) goes on as \(sent.debugDescription): \(problem)"
    }
    guard let id else { return nil }
    let alias = NamedRoute(id: "arn:aws:bedrock:us-east-1::foundation-model/a.b?c%")
    let other = InvokedName(id, models: [id: [alias]]).target(from: sent)
    guard case .invocation(let again)? = try? GatewayRoute(method: method, target: other) else {
      // Those that are no invocations have the id too.
      return other.contains("/count-tokens") ? nil : "\(other.debugDescription) is no target any more"
    }
    return again.id == "arn:aws:bedrock:us-east-1::foundation-model/a.b?c%"
      ? nil : "\(other.debugDescription) names \(again.id ?? "none")"
  }

  /// Why two servers may read a target in two ways.
  private static func problem(of target: String) -> String? {
    guard target.utf8.first == UInt8(ascii: "/"), !target.hasPrefix("//") else { return "it names a host" }
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "it has bytes that end a line" }
    let path = target.prefix { $0 != "?" }
    guard let decoded = String(path).removingPercentEncoding else { return "it can't be decoded" }
    let segments = decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    return segments.contains("..") || segments.contains(".") ? "it has dots" : nil
  }

  private static func headers(_ headers: [(name: String, value: String)]) -> String? {
    let sent = RelayHeaders.upstream(from: headers)
    if let wrong = sent.first(where: { kept.contains($0.name.lowercased()) }) { return "AWS gets the header \(wrong.name)" }
    let encodings = sent.filter { $0.name.lowercased() == "accept-encoding" }
    if encodings.count != 1 || encodings[0].value != "identity" { return "AWS is asked for \(encodings)" }
    return sent.count <= headers.count + 1 ? nil : "\(sent.count) headers of \(headers.count)"
  }

  private mutating func patience(_ headers: [(name: String, value: String)]) -> String? {
    let patience = ClientPatience(headers: headers)
    for time in [patience.silence, patience.streamSilence].compactMap({ $0 }) {
      if time < .zero || time > .seconds(86_400) { return "a patience of \(time)" }
    }
    if patience.keepAliveAfter <= .zero || patience.keepAliveAfter > .seconds(15) {
      return "alive after \(patience.keepAliveAfter)"
    }
    guard let value = headers.first(where: { $0.name == "authorization" })?.value, let authorization = SigV4Authorization(value)
    else { return nil }
    signed += 1
    let isPlain = authorization.region.utf8.allSatisfy { (0x2D...0x7A).contains($0) && $0 != UInt8(ascii: "/") }
    return isPlain && !authorization.accessKeyID.isEmpty ? nil : "a signature for \(authorization.region.debugDescription)"
  }

  private mutating func body(_ body: Data, _ headers: [(name: String, value: String)], _ random: inout Random) -> String? {
    let api = random.pick(ModelRequest.API.allCases)
    let relayed = RelayedRequest(api, isStreamed: nil, body: body, headers: headers)
    if relayed.unread == nil { read += 1 }
    let bounds = relayed.bounds(at: resolution)
    if !(0...Int64(TokenUsage.tokensMax)).contains(bounds.maxTokens) { return "bounds of \(bounds.maxTokens)" }
    if relayed.unread != nil, bounds.maxTokens == 0 { return "an unread request is free" }
    guard relayed.models.count == 1, !relayed.repeatsModel, relayed.unread == nil else { return nil }
    let invoked = InvokedName(relayed.models[0], models: Self.models)
    guard let changed = try? invoked.body(from: body) else { return "a body that was read can't be changed" }
    guard invoked.isRenamed else { return changed == body ? nil : "a body was changed for no reason" }
    renamed += 1
    let again = RelayedRequest(api, isStreamed: nil, body: changed, headers: headers)
    return again.models == [invoked.id] && again.bounds(at: resolution).maxTokens == bounds.maxTokens
      ? nil : "\(relayed.models) became \(again.models)"
  }
}
