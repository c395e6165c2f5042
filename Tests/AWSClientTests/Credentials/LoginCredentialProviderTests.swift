import AWSWire
import Crypto
import Foundation
import TestSupport
import Testing

@testable import AWSClient

struct LoginCredentialProviderTests {
  private static let session = "arn:aws:iam::111122223333:user/ann"
  private static let key = P256.Signing.PrivateKey()

  /// A file of `aws login`; its keys end so many seconds from now.
  private static func file(_ seconds: Int, region: String? = "eu-west-1", pem: String? = nil) -> String {
    let members: [JSONValue.Member] =
      [
        .init(
          "accessToken",
          [
            "accessKeyId": "ASIA1", "secretAccessKey": "secret-1", "sessionToken": "token-1", "accountId": "111122223333",
            "expiresAt": .string(AWSDate.iso8601(1_800_000_000 + seconds)),
          ]),
        .init("tokenType", "aws_sigv4"), .init("refreshToken", "refresh-1"), .init("idToken", "jwt"),
        .init("clientId", "arn:aws:signin:::devtools/same-device"), .init("dpopKey", .string(pem ?? key.pemRepresentation)),
      ] + (region.map { [.init("signInRegion", .string($0))] } ?? [])
    return String(decoding: JSONValue.object(members).data, as: UTF8.self)
  }

  private static let answer = ScriptedTransport.Step.reply(
    status: 200,
    body: """
      {"accessToken": {"accessKeyId": "ASIA2", "secretAccessKey": "secret-2", "sessionToken": "token-2"}, "tokenType": "aws_sigv4",
       "expiresIn": 900, "refreshToken": "refresh-2"}
      """)

  private func provider(
    _ script: CredentialScript, file: String? = nil, region: String = "", _ more: [String: String] = [:]
  ) throws -> (LoginCredentialProvider, TokenFile) {
    let environment = script.environment.merging(more) { $1 }
    let profile = Profile(name: "ann", config: ["login_session": Self.session], credentials: [:], services: [:])
    let endpoints = try Endpoints(explicit: nil, environment: more, profile: profile)
    var provider = try #require(
      LoginCredentialProvider.configured(
        profile: profile, environment: environment, endpoints: endpoints, region: region, attempts: script.attempts))
    provider.now = { CredentialScript.now }
    let place = TokenFile.login(Self.session, environment: environment)
    if let file { try script.write(file, to: place) }
    return (provider, place)
  }

  @Test func onlyProfilesWithASession() throws {
    let profile = Profile(name: "x", config: ["region": "us-east-1"], credentials: [:], services: [:])
    let endpoints = try Endpoints(explicit: nil, environment: [:], profile: profile)
    let provider = LoginCredentialProvider.configured(
      profile: profile, environment: [:], endpoints: endpoints, region: "", attempts: CredentialAttempts(http: .direct))
    #expect(provider == nil)
  }

  @Test func theFolderCanBeNamed() {
    let name = "/" + Hex.encode(SHA256.hash(data: Data(Self.session.utf8))) + ".json"
    #expect(TokenFile.login(Self.session, environment: ["HOME": "/h"]).path == "/h/.aws/login/cache" + name)
    #expect(TokenFile.login(Self.session, environment: ["HOME": "/h", "AWS_LOGIN_CACHE_DIRECTORY": "~/c"]).path == "/h/c" + name)
    #expect(TokenFile.login(Self.session, environment: ["AWS_LOGIN_CACHE_DIRECTORY": "/c"]).path == "/c" + name)
  }

  /// 300 seconds are the threshold of botocore.
  @Test func freshKeysAreUsedAsTheyAre() async throws {
    let script = try CredentialScript([])
    let (provider, _) = try provider(script, file: Self.file(301))
    let found = try await provider.credentials()
    #expect(found?.accessKeyID == "ASIA1" && found?.sessionToken == "token-1")
    #expect(found?.expiration == CredentialScript.now.addingTimeInterval(301))
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: [300, -3_600])
  func keysThatEndAreRenewedWithAProof(seconds: Int) async throws {
    let script = try CredentialScript([Self.answer])
    let (provider, file) = try provider(script, file: Self.file(seconds))
    let found = try await provider.credentials()
    #expect(found?.accessKeyID == "ASIA2" && found?.secretAccessKey == "secret-2" && found?.sessionToken == "token-2")
    #expect(found?.expiration == CredentialScript.now.addingTimeInterval(900))
    #expect(script.requests == ["POST https://eu-west-1.signin.aws.amazon.com/v1/token"])
    #expect(
      try JSONValue(script.transport.requests[0].body) == [
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", "refreshToken": "refresh-1",
      ])
    try check(#require(script.header("DPoP", of: 0)), url: "https://eu-west-1.signin.aws.amazon.com/v1/token")

    let written = try JSONValue(#require(file.read()))
    #expect(written["accessToken"]?["accessKeyId"] == "ASIA2" && written["accessToken"]?["accountId"] == "111122223333")
    #expect(written["accessToken"]?["expiresAt"] == .string(AWSDate.iso8601(1_800_000_900)))
    #expect(written["refreshToken"] == "refresh-2" && written["idToken"] == "jwt" && written["signInRegion"] == "eu-west-1")
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
  }

  /// RFC 9449, section 4.2, and the signature as RFC 7518, section 3.4 has it.
  private func check(_ proof: String, url: String) throws {
    let parts = proof.split(separator: ".").map { part in
      let base64 = part.replacing("-", with: "+").replacing("_", with: "/")
      return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)) ?? Data()
    }
    try #require(parts.count == 3 && !proof.contains("="))
    let header = try JSONValue(parts[0])
    #expect(header["typ"] == "dpop+jwt" && header["alg"] == "ES256" && header["jwk"]?["kty"] == "EC")
    let payload = try JSONValue(parts[1])
    #expect(payload["htm"] == "POST" && payload["htu"] == .string(url) && payload["iat"] == 1_800_000_000)
    #expect(payload["jti"]?.string?.count == 36)
    let signature = try P256.Signing.ECDSASignature(rawRepresentation: parts[2])
    let signed = proof.prefix(upTo: proof.lastIndex(of: ".")!)
    #expect(Self.key.publicKey.isValidSignature(signature, for: Data(signed.utf8)))
  }

  /// OpenSSL writes SEC 1, others PKCS 8; botocore looks at no label.
  @Test func keysInBothForms() throws {
    let der = Self.key.derRepresentation.base64EncodedString()
    #expect(DPoPProof(pem: Self.key.pemRepresentation) != nil)
    #expect(
      DPoPProof(pem: "-----BEGIN WHATEVER-----\r\n\(der.prefix(64))\n\(der.dropFirst(64))\n-----END WHATEVER-----\n") != nil)
    // openssl ecparam -name prime256v1 -genkey -noout
    let sec1 = """
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIJqsDCu9Rms0lrNbkLZ4UOEkW4MJ7mgl+cDEfbHmdVHHoAoGCCqGSM49
      AwEHoUQDQgAE+AlJet6R/s1UjiBCxPbLr4u4rHcbcsim/qix7pJNxWLSrEw9th/2
      Ble/QgN6m2wTWrF9OOnPbJBkH7yvKJmNlQ==
      -----END EC PRIVATE KEY-----
      """
    #expect(DPoPProof(pem: sec1) != nil)
    for bad in ["", "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----", "AAAA", "ä"] {
      #expect(DPoPProof(pem: bad) == nil)
    }
  }

  @Test(arguments: [
    ("eu-west-1", "us-east-1", "eu-west-1.signin.aws.amazon.com"), (nil, "us-east-1", "us-east-1.signin.aws.amazon.com"),
    ("cn-north-1", "", "cn-north-1.signin.amazonaws.cn"), ("us-gov-west-1", "", "us-gov-west-1.signin.amazonaws-us-gov.com"),
  ])
  func theEndpoint(inFile: String?, configured: String, host: String) async throws {
    let script = try CredentialScript([Self.answer])
    let (provider, _) = try provider(script, file: Self.file(0, region: inFile), region: configured)
    _ = try await provider.credentials()
    #expect(script.requests == ["POST https://\(host)/v1/token"])
  }

  @Test func anEndpointOfTheUsersOwn() async throws {
    let script = try CredentialScript([Self.answer])
    let (provider, _) = try provider(
      script, file: Self.file(0, region: nil), ["AWS_ENDPOINT_URL_SIGNIN": "http://127.0.0.1:9/x"])
    _ = try await provider.credentials()
    #expect(script.requests == ["POST http://127.0.0.1:9/x/v1/token"])
    try check(#require(script.header("DPoP", of: 0)), url: "http://127.0.0.1:9/x/v1/token")
  }

  private func failure(_ provider: LoginCredentialProvider) async throws -> AWSClientError {
    try await #require(throws: AWSClientError.self) { _ = try await provider.credentials() }
  }

  @Test func withoutARegion() async throws {
    let (provider, _) = try provider(CredentialScript([]), file: Self.file(0, region: nil))
    #expect(try await failure(provider).code == .region)
  }

  @Test(arguments: [
    nil, "", "[]", "{}", #"{"accessToken": 1, "refreshToken": 2, "dpopKey": 3, "clientId": 4}"#,
    Self.file(0, pem: "no key"), Self.file(0, region: "a.evil.com/"), Self.file(0).replacing("\"ASIA1\"", with: "5"),
  ])
  func aFileThatCannotBeUsed(file: String?) async throws {
    let script = try CredentialScript([])
    let (provider, _) = try provider(script, file: file)
    let error = try await failure(provider)
    #expect(error.code == .credentials && error.remedy == .signIn(.console, profile: "ann"))
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: [
    ("TOKEN_EXPIRED", true), ("USER_CREDENTIALS_CHANGED", true), ("INSUFFICIENT_PERMISSIONS", false), ("invalid_grant", true),
  ])
  func refusals(error: String, signsIn: Bool) async throws {
    let script = try CredentialScript([
      .reply(
        status: 400, headers: ["x-amzn-errortype": "AccessDeniedException"],
        body: #"{"error": "\#(error)", "message": "refresh-1 is no good"}"#)
    ])
    let (provider, file) = try provider(script, file: Self.file(60))
    let failure = try await failure(provider)
    #expect(failure.code == .credentials && (failure.remedy != nil) == signsIn && !failure.message.contains("refresh-1"))
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == Self.file(60))
  }

  @Test(arguments: [60, -60])
  func whileAWSIsAwayTheKeysServeUntilTheyEnd(seconds: Int) async throws {
    let away = ScriptedTransport.Step.reply(status: 503, body: "")
    let script = try CredentialScript([CredentialScript.unreachable, away, CredentialScript.late, away, away, away])
    let (provider, _) = try provider(script, file: Self.file(seconds))
    defer { #expect(script.requests.count == 6) }
    guard seconds < 0 else {
      for _ in 1...2 { #expect(try await provider.credentials()?.accessKeyID == "ASIA1") }
      return
    }
    let error = try await failure(provider)
    let refused = try await failure(provider)
    #expect(refused.code == .credentials && refused.service?.status == 503 && refused.remedy == nil)
    #expect(error.code == .timeout && error.remedy == nil && error.message.contains("AWS Sign-In"))
  }

  @Test(arguments: HostileReply.bodies)
  func hostileReplies(body: String) async throws {
    let script = try CredentialScript([.reply(status: 200, body: body)])
    // A page says nothing about the sign-in, so keys that are still valid serve.
    let isPage = body == HostileReply.page
    let before = Self.file(isPage ? -60 : 60)
    let (provider, file) = try provider(script, file: before)
    let error = try await failure(provider)
    #expect(error.code == (isPage ? .transport : .credentials))
    #expect(!error.message.contains(HostileReply.secret) && error.message.utf8.count < 400)
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == before)
  }

  @Test func noTokenIsPrinted() throws {
    let token = try LoginToken(file: Array(Self.file(60).utf8))
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), dumped] {
      for secret in ["secret-1", "token-1", "refresh-1", "PRIVATE"] { #expect(!text.contains(secret)) }
    }
  }
}
