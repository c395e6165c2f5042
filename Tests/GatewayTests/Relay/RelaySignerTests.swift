import AWSServer
import AWSWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// What somebody else's requests are signed with, as a server verifies it.
struct RelaySignerTests {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)
  private let authenticator = RequestAuthenticator(credentials: ["emulator": "emulator"])

  private func client(
    credentials: any CredentialProvider = StaticCredentialProvider(
      Credentials(accessKeyID: "emulator", secretAccessKey: "emulator")),
    url: String = "https://bedrock.example", now: Date = Self.now, key: String? = nil
  ) throws -> AWSClient {
    var configuration = try TestEmulator.configuration(url: url)
    configuration.credentials = credentials
    configuration.bedrockAPIKey = key
    return AWSClient(configuration: configuration, transport: ScriptedTransport([]), now: { now })
  }

  private static let headers: [(name: String, value: String)] = [
    ("content-type", "application/json"), ("accept", "*/*"), ("user-agent", "Boto3"), ("x-amzn-bedrock-trace", "ENABLED"),
    ("x-amz-user-agent", "js"), ("anthropic-beta", "a"), ("amz-sdk-request", "attempt=1"), ("x-amzn-trace-id", "Root=1"),
  ]

  private func received(_ signed: RelaySigner.Signed, method: String = "POST", body: Data) -> ServerRequest {
    ServerRequest(method: method, target: signed.target, headers: [("host", signed.authority)] + signed.headers, body: body)
  }

  private func verify(_ request: ServerRequest) throws {
    try authenticator.verify(authenticator.open(request, for: .bedrock, now: Self.now), request, for: .bedrock)
  }

  @Test(arguments: [
    "/model/us.amazon.nova-pro-v1%3A0/converse", "/model/us.amazon.nova-pro-v1:0/converse",
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc/invoke",
    "/model/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2fabc/invoke",
    "/inference-profiles?type=SYSTEM_DEFINED&maxResults=10", "/v1/messages?beta=true", "/a~b/c%20d?x=%2F&x=+&y",
  ])
  func aServerVerifiesTheTargetAsItWasSent(target: String) async throws {
    let body = Data("{\"a\": 1}".utf8)
    for url in ["https://bedrock.example", "http://127.0.0.1:8080/base"] {
      var signer = RelaySigner(try client(url: url), service: .bedrockRuntime)
      let signed = try await signer.sign(method: "POST", target: target, headers: Self.headers, bodyHash: SigV4.bodyHash(body))
      #expect(signed.target.hasSuffix(target))
      try verify(received(signed, body: body))
      #expect(throws: AWSFault.self) { try verify(received(signed, body: body + [0])) }
    }
  }

  @Test func onlyWhatAWSNeedsIsSigned() async throws {
    var signer = RelaySigner(try client(), service: .bedrockRuntime)
    let signed = try await signer.sign(method: "POST", target: "/x", headers: Self.headers, bodyHash: SigV4.bodyHash(Data()))
    let added = signed.headers.dropFirst(Self.headers.count)
    #expect(signed.headers.prefix(Self.headers.count).map(\.name) == Self.headers.map(\.name))
    #expect(added.map(\.name) == ["X-Amz-Date", "Authorization"])
    let authorization = try #require(SigV4Authorization(added.last?.value ?? ""))
    #expect(authorization.signedHeaders == ["content-type", "host", "x-amz-date", "x-amz-user-agent", "x-amzn-bedrock-trace"])
    #expect(authorization.service == "bedrock" && authorization.region == "us-east-1")
    #expect(signed.scheme == "https" && signed.authority == "bedrock.example")
  }

  @Test func derivedKeysAreKept() async throws {
    let client = try client()
    for service in [AWSService.bedrockRuntime, .bedrockMantle, .bedrock, .bedrockRuntime] {
      var signer = RelaySigner(client, service: service)
      _ = try await signer.sign(method: "POST", target: "/x", headers: [], bodyHash: SigV4.bodyHash(Data()))
    }
    // The control plane signs by the same name as the runtime.
    #expect(client.signingKeys.count == 2)
    let key = client.signingKeys.key(secret: "emulator", day: "20260921", region: "us-east-1", service: "bedrock")
    let derived = SigV4.SigningKey(secret: "emulator", day: "20260921", region: "us-east-1", service: "bedrock")
    #expect(key.signature(of: "x") == derived.signature(of: "x"))
    for number in 0..<1_000 { _ = client.signingKeys.key(secret: "\(number)", day: "", region: "", service: "") }
    #expect(client.signingKeys.count <= 256)
  }

  @Test func keysOfAPIsAreSentInsteadOfASignature() async throws {
    for (ours, theirs, expected) in [("ours", nil, "ours"), (nil, "theirs", "theirs"), ("ours", "theirs", "theirs")]
      as [(String?, String?, String)]
    {
      var signer = RelaySigner(try client(key: ours), service: .bedrockRuntime, callersKey: theirs)
      let signed = try await signer.sign(method: "POST", target: "/x", headers: [], bodyHash: "")
      #expect(signed.headers.map { "\($0.name): \($0.value)" } == ["Authorization: Bearer \(expected)"])
      let client = try client(url: "http://bedrock.example", key: ours)
      var plain = RelaySigner(client, service: .bedrockRuntime, callersKey: theirs)
      let error = await #expect(throws: AWSClientError.self) {
        _ = try await plain.sign(method: "POST", target: "/x", headers: [], bodyHash: "")
      }
      #expect(error?.code == .configuration && error?.message.contains("plain http") == true)
    }
  }

  // MARK: Refusals

  /// Gives other credentials at each call.
  private final class Source: CredentialProvider {
    let calls = Mutex(0)
    func credentials() async throws -> Credentials? {
      let number = calls.withLock {
        $0 += 1; return $0
      }
      return Credentials(
        accessKeyID: "key\(number)", secretAccessKey: "s", sessionToken: "t\(number)", expiration: RelaySignerTests.now + 3_600)
    }
  }

  @Test func credentialsThatHaveEndedAreRenewedOnce() async throws {
    let client = try client(credentials: RefreshingCredentials(Source(), now: { Self.now }))
    var signer = RelaySigner(client, service: .bedrockRuntime)
    func token() async throws -> String? {
      try await signer.sign(method: "POST", target: "/x", headers: [], bodyHash: "").headers.first {
        $0.name == "X-Amz-Security-Token"
      }?.value
    }
    let expired = Data(#"{"message":"The security token included in the request is expired"}"#.utf8)
    #expect(try await token() == "t1")
    #expect(try await signer.learns(status: 403, headers: [("x-amzn-errortype", "ExpiredTokenException:")], body: expired))
    #expect(try await token() == "t2")
    #expect(try await !signer.learns(status: 403, headers: [("x-amzn-errortype", "ExpiredTokenException:")], body: expired))
    #expect(try await !signer.learns(status: 429, headers: [("x-amzn-errortype", "ThrottlingException")], body: Data()))
  }

  @Test func aClockThatIsOffIsCorrectedOnce() async throws {
    // The server's clock is an hour ahead.
    let client = try client(now: Self.now - 3_600)
    var signer = RelaySigner(client, service: .bedrockRuntime)
    let body = Data("{}".utf8)
    func sign() async throws -> ServerRequest {
      received(try await signer.sign(method: "POST", target: "/x", headers: [], bodyHash: SigV4.bodyHash(body)), body: body)
    }
    let first = try await sign()
    let fault = #expect(throws: AWSFault.self) { try verify(first) }
    let refusal = Data(#"{"message":"\#(fault?.message ?? "")"}"#.utf8)
    let type = [(name: "x-amzn-errortype", value: fault?.code ?? "")]
    #expect(try await signer.learns(status: 403, headers: type, body: refusal))
    try verify(try await sign())
    // If that is refused for its time too, the correction was wrong.
    #expect(try await !signer.learns(status: 403, headers: type, body: refusal))
    #expect(client.clock.seconds == 0)
  }

  @Test func aDescriptionHasNoSecrets() async throws {
    var signer = RelaySigner(try client(key: "sesame"), service: .bedrockRuntime, callersKey: "sesame")
    _ = try await signer.sign(method: "POST", target: "/x", headers: [], bodyHash: "")
    var text = "\(signer) \(String(reflecting: signer))"
    dump(signer, to: &text)
    #expect(!text.contains("sesame"))
  }
}
