import AWSServer
import AWSWire
import Crypto
import Foundation
import Gateway

/// Requests as SDKs sign them, and a gateway's authenticator to verify them.
struct SignedHead {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)
  static let secret = "a-chat-secret-of-32-characters-x"
  static let master = String(repeating: "m", count: 44)

  var accessKeyID = "BEDQUOTA_KEY_0_chat"
  var secret = Self.secret
  var region = "us-east-1"
  var service = "bedrock"
  var date = Self.now
  var method = "POST"
  var target = "/model/us.anthropic.claude-sonnet-4-6/converse"
  var headers: [(name: String, value: String)] = [("host", "gateway:4000"), ("content-type", "application/json")]
  var body = Data("{\"messages\":[]}".utf8)

  /// The request with its signature.
  var request: ServerRequest {
    let signed = SigV4(
      credentials: Credentials(accessKeyID: accessKeyID, secretAccessKey: secret), region: region, service: service
    ).sign(method: method, target: target, headers: headers, body: body, date: date)
    return ServerRequest(method: method, target: target, headers: headers + signed.headers, body: body)
  }

  static func configuration(_ yaml: String? = nil) throws -> GatewayConfiguration {
    try GatewayConfiguration(
      yaml: yaml ?? """
        master: "${MASTER}"
        keys:
          chat: {secret: "${CHAT_KEY}", share: 3, models: [us.anthropic.*]}
          agent: {serial: [1, 2], priority: low}
          hashed: {sha256: \(Self.hash(Data("the token behind the hash".utf8)))}
        """, file: "g.yaml", secrets: SecretSource(environment: ["CHAT_KEY": secret, "MASTER": master]))
  }

  static func authenticator(_ yaml: String? = nil) throws -> CallerAuthenticator {
    CallerAuthenticator(try configuration(yaml), registry: CallerRegistry(), failures: FailedAuthentications())
  }

  static func hash(_ body: Data) -> String {
    SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The whole check of a request, head and body.
  static func check(
    _ request: ServerRequest, _ authenticator: CallerAuthenticator, for service: ServedService = .bedrock, now: Date = now
  ) throws(AWSFault) -> CallerClaim {
    let claim = try authenticator.open(request, for: service, peer: "10.0.0.1", now: now)
    try authenticator.verify(claim, request, bodyHash: hash(request.body), for: service)
    return claim
  }

  /// The name of the caller, or the code of the fault.
  static func outcome(
    _ request: ServerRequest, _ authenticator: CallerAuthenticator, for service: ServedService = .bedrock
  ) -> String {
    do throws(AWSFault) {
      return try check(request, authenticator, for: service).caller.name
    } catch {
      return error.code
    }
  }

  /// A request that isn't signed.
  static func plain(_ headers: [(name: String, value: String)], target: String = "/v1/messages") -> ServerRequest {
    ServerRequest(method: "POST", target: target, headers: headers, body: Data())
  }
}
