import AWSServer
import AWSWire
import Foundation
import Testing

struct RequestAuthenticatorTests {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)
  private let authenticator = RequestAuthenticator(credentials: ["key": "secret"])

  private func request(
    key: String = "key", secret: String = "secret", service: String = "bedrock", date: Date = Self.now, body: String = "{}"
  ) -> ServerRequest {
    let signed = SigV4(
      credentials: Credentials(accessKeyID: key, secretAccessKey: secret), region: "us-east-1", service: service
    ).sign(method: "POST", target: "/x", headers: [("Host", "127.0.0.1")], body: Data("{}".utf8), date: date)
    return ServerRequest(
      method: "POST", target: "/x", headers: [("Host", "127.0.0.1")] + signed.headers, body: Data(body.utf8))
  }

  /// Checks a whole request.
  /// - Returns: the Region that it was signed for.
  private static func region(
    _ request: ServerRequest, _ authenticator: RequestAuthenticator, for service: ServedService = .bedrock
  ) throws(AWSFault) -> String? {
    let claim = try authenticator.open(request, for: service, now: now)
    try authenticator.verify(claim, request, for: service)
    return claim.region
  }

  @Test func aSignedRequestTellsItsRegion() throws {
    #expect(try Self.region(request(), authenticator) == "us-east-1")
  }

  @Test func withoutCredentialsAnyRequestIsAccepted() throws {
    let open = RequestAuthenticator(credentials: nil)
    let unsigned = ServerRequest(method: "GET", target: "/", headers: [], body: Data())
    #expect(try Self.region(unsigned, open) == nil)
    #expect(try Self.region(request(key: "other"), open) == "us-east-1")
  }

  @Test(arguments: [
    ("Bearer secret", ServedService.bedrock, nil as String?), ("Bearer other", .bedrock, "AccessDeniedException"),
    ("Bearer secret", .serviceQuotas, "IncompleteSignatureException"), ("Bearer secret", .bedrockOpenAI, nil),
    ("Bearer secret", .bedrockMessages, nil), ("Bearer other", .bedrockMessages, "AccessDeniedException"),
  ])
  func onlyBedrockAcceptsAPIKeys(header: String, service: ServedService, code: String?) {
    let request = ServerRequest(method: "GET", target: "/", headers: [("Authorization", header)], body: Data())
    #expect(self.code(request, for: service) == code)
  }

  @Test(arguments: [
    ([("x-api-key", "secret")], ServedService.bedrockMessages, nil as String?),
    ([("x-api-key", "other")], .bedrockMessages, "AccessDeniedException"),
    // Two keys would be two answers to the question who sent this.
    ([("x-api-key", "secret"), ("x-api-key", "secret")], .bedrockMessages, "MissingAuthenticationTokenException"),
    ([("x-api-key", "secret"), ("Authorization", "Bearer other")], .bedrockMessages, "AccessDeniedException"),
    ([("x-api-key", "secret"), ("Authorization", "x")], .bedrockMessages, "IncompleteSignatureException"),
    ([("x-api-key", "secret")], .bedrockOpenAI, "MissingAuthenticationTokenException"),
    ([("x-api-key", "secret")], .bedrock, "MissingAuthenticationTokenException"),
  ])
  func onlyMessagesTakesAKeyHeader(headers: [(String, String)], service: ServedService, code: String?) {
    let request = ServerRequest(method: "POST", target: "/", headers: headers.map { ($0.0, $0.1) }, body: Data())
    #expect(self.code(request, for: service) == code)
  }

  private func code(_ request: ServerRequest, for service: ServedService = .bedrock) -> String? {
    do throws(AWSFault) {
      _ = try Self.region(request, authenticator, for: service)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func faultsHaveAWSsCodes() {
    #expect(code(request(key: "other")) == "UnrecognizedClientException")
    #expect(code(request(secret: "other")) == "InvalidSignatureException")
    #expect(code(request(body: "{ }")) == "InvalidSignatureException")
    #expect(code(request(service: "sts")) == "InvalidSignatureException")
    #expect(code(request(service: "sts", date: Self.now - 301), for: .sts) == nil, "STS allows 15 minutes")
    #expect(code(request(date: Self.now - 299)) == nil)
    #expect(code(request(date: Self.now - 301)) == "InvalidSignatureException")
    #expect(code(request(date: Self.now + 301)) == "InvalidSignatureException")
    #expect(code(request(key: "other", service: "sts"), for: .sts) == "InvalidClientTokenId")
    #expect(code(ServerRequest(method: "GET", target: "/", headers: [], body: Data())) == "MissingAuthenticationTokenException")
  }

  /// A request with its signature in the URL, signed by hand.
  private static func presigned(expires: Int = 60, secret: String = "secret", stamp: String = AWSDate.basic(now)) -> ServerRequest
  {
    let scope = "\(stamp.prefix(8))/us-east-1/bedrock/aws4_request"
    let query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key%2F\(scope.replacing("/", with: "%2F"))&X-Amz-Date=\(stamp)&X-Amz-Expires=\(expires)&X-Amz-SignedHeaders=host"
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let text = SigV4.stringToSign(
      canonical: "GET\n/x\n\(query)\nhost:a\n\nhost\n\(empty)", stamp: stamp, scope: scope)
    let key = SigV4.SigningKey(secret: secret, day: String(stamp.prefix(8)), region: "us-east-1", service: "bedrock")
    return ServerRequest(
      method: "GET", target: "/x?\(query)&X-Amz-Signature=\(key.signature(of: text))", headers: [("Host", "a")], body: Data())
  }

  @Test func signaturesInURLsLiveAsLongAsTheySay() throws {
    #expect(try Self.region(Self.presigned(), authenticator) == "us-east-1")
    #expect(code(Self.presigned(secret: "other")) == "InvalidSignatureException")
    let week = 604_800
    #expect(code(Self.presigned(expires: week)) == nil)
    #expect(code(Self.presigned(expires: week + 1)) == "IncompleteSignatureException")
    #expect(code(Self.presigned(expires: 0)) == "IncompleteSignatureException")
    #expect(code(Self.presigned(expires: 60, stamp: AWSDate.basic(Self.now - 60))) == nil)
    #expect(code(Self.presigned(expires: 60, stamp: AWSDate.basic(Self.now - 61))) == "InvalidSignatureException")
    #expect(code(Self.presigned(stamp: AWSDate.basic(Self.now + 300))) == nil)
    #expect(code(Self.presigned(stamp: AWSDate.basic(Self.now + 301))) == "InvalidSignatureException")
  }

  @Test func aRequestIsSignedInOnePlace() {
    var both = Self.presigned()
    both.headers.append(("authorization", "Bearer secret"))
    #expect(code(both) == "IncompleteSignatureException")
    var key = Self.presigned()
    key.headers.append(("x-api-key", "secret"))
    #expect(code(key, for: .bedrockMessages) == "IncompleteSignatureException")
  }
}
