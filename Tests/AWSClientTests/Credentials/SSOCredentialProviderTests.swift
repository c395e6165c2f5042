import AWSWire
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import AWSClient

struct SSOCredentialProviderTests {
  private static let config = """
    [profile dev]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = Reader+Writer
    [profile old]
    sso_start_url = https://old.awsapps.com/start
    sso_region = eu-west-1
    sso_account_id = 111122223333
    sso_role_name = Reader
    [profile plain]
    region = us-east-1
    [profile tokens]
    sso_session = corp
    [sso-session corp]
    sso_start_url = https://corp.awsapps.com/start
    sso_region = us-east-2
    """

  private static let keys = ScriptedTransport.Step.reply(
    status: 200,
    body: """
      {"roleCredentials": {"accessKeyId": "ASIA1", "secretAccessKey": "s", "sessionToken": "t", "expiration": 1800003600500}}
      """)

  /// A token file; the token ends so many seconds from now.
  private static func token(_ seconds: Int, registration: Int? = 86_400) -> String {
    func date(_ seconds: Int) -> String { AWSDate.iso8601(1_800_000_000 + seconds) }
    let renewal =
      registration.map {
        #", "refreshToken": "refresh-1", "clientId": "id-1", "clientSecret": "client-secret", "registrationExpiresAt": "\#(date($0))""#
      } ?? ""
    return #"{"startUrl": "x", "accessToken": "token-1", "expiresAt": "\#(date(seconds))"\#(renewal), "extra": [1, {"a": null}]}"#
  }

  private func provider(_ script: CredentialScript, profile: String = "dev", config: String = Self.config) throws
    -> SSOCredentialProvider?
  {
    let shared = try script.shared(config)
    let found = try shared.profile(explicit: profile)
    let endpoints = try Endpoints(explicit: nil, environment: [:], profile: found)
    var provider = SSOCredentialProvider.configured(
      profile: found, shared: shared, environment: script.environment, endpoints: endpoints, attempts: script.attempts)
    provider?.now = { CredentialScript.now }
    return provider
  }

  private func failure(_ provider: SSOCredentialProvider?) async throws -> AWSClientError {
    try await #require(throws: AWSClientError.self) { _ = try await provider?.credentials() }
  }

  @Test func aValidTokenIsAllThatIsNeeded() async throws {
    let script = try CredentialScript([Self.keys])
    try script.write(Self.token(3_600), to: .sso("corp", environment: script.environment))
    let found = try await provider(script)?.credentials()
    #expect(found?.accessKeyID == "ASIA1" && found?.secretAccessKey == "s" && found?.sessionToken == "t")
    #expect(found?.expiration == Date(timeIntervalSince1970: 1_800_003_600.5))
    #expect(
      script.requests == [
        "GET https://portal.sso.us-east-2.amazonaws.com/federation/credentials?role_name=Reader%2BWriter&account_id=111122223333"
      ])
    #expect(script.header("x-amz-sso_bearer_token", of: 0) == "token-1")
  }

  @Test func theNameOfTheFileIsThatOfTheCLI() throws {
    // printf %s corp | sha1sum
    let file = TokenFile.sso("corp", environment: ["HOME": "/home/u"])
    #expect(file.path == "/home/u/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json")
  }

  @Test(arguments: ["plain", "tokens"])
  func profilesWithoutAnAccountOrRoleSignInOtherwise(name: String) throws {
    #expect(try provider(CredentialScript([]), profile: name) == nil)
  }

  @Test(arguments: [
    ("sso_account_id = 1", ["sso_role_name", "sso_start_url", "sso_region"], ["sso_account_id"]),
    ("sso_role_name = R\nsso_start_url = https://x", ["sso_account_id", "sso_region"], []),
    ("sso_role_name = R\nsso_account_id = 1\nsso_session = nobody", ["[sso-session nobody]"], []),
    (
      "sso_role_name = R\nsso_account_id = 1\nsso_session = corp\nsso_region = us-east-1", ["sso_region", "[sso-session corp]"],
      []
    ),
    ("sso_role_name = R\nsso_account_id = 1\nsso_start_url = u\nsso_region = a.evil.com/", ["sso_region"], []),
  ])
  func incompleteSettingsAreNamed(settings: String, named: [String], unnamed: [String]) async throws {
    let config = "[profile x]\n\(settings)\n[sso-session corp]\nsso_region = us-east-2\nsso_start_url = https://corp"
    let script = try CredentialScript([])
    let error = try await failure(provider(script, profile: "x", config: config))
    #expect(error.code == .configuration && error.message.contains("\"x\""))
    for name in named { #expect(error.message.contains(name)) }
    for name in unnamed { #expect(!error.message.contains(name)) }
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: [
    nil, "{", "[]", #"{"accessToken": "t"}"#, #"{"accessToken": 5, "expiresAt": "2030-01-01T00:00:00Z"}"#,
    Self.token(-1, registration: nil),
  ])
  func withoutAUsableTokenTheUserSignsIn(file: String?) async throws {
    let script = try CredentialScript([])
    if let file { try script.write(file, to: .sso("corp", environment: script.environment)) }
    let error = try await failure(provider(script))
    #expect(error.code == .credentials && error.remedy == .signIn(.identityCenter, profile: "dev"))
    #expect(script.requests.isEmpty)
  }

  /// 900 seconds are the window of botocore.
  @Test(arguments: [(900, false), (899, true), (-3_600, true)])
  func aTokenIsRenewedBeforeItEnds(seconds: Int, isRenewed: Bool) async throws {
    let answer = ScriptedTransport.Step.reply(
      status: 200, body: #"{"accessToken": "token-2", "expiresIn": 28800, "refreshToken": "refresh-2", "tokenType": "Bearer"}"#)
    let script = try CredentialScript(isRenewed ? [answer, Self.keys] : [Self.keys])
    let file = TokenFile.sso("corp", environment: script.environment)
    try script.write(Self.token(seconds), to: file)
    #expect(try await provider(script)?.credentials()?.accessKeyID == "ASIA1")
    guard isRenewed else {
      #expect(script.requests.count == 1)
      return
    }
    #expect(script.requests.first == "POST https://oidc.us-east-2.amazonaws.com/token")
    let sent = try JSONValue(script.transport.requests[0].body)
    #expect(
      sent == [
        "grantType": "refresh_token", "clientId": "id-1", "clientSecret": "client-secret", "refreshToken": "refresh-1",
      ])
    #expect(script.header("x-amz-sso_bearer_token", of: 1) == "token-2")
    let written = try JSONValue(#require(file.read()))
    #expect(written["accessToken"] == "token-2" && written["refreshToken"] == "refresh-2" && written["clientId"] == "id-1")
    #expect(written["expiresAt"] == .string(AWSDate.iso8601(1_800_028_800)))
    #expect(written["startUrl"] == "https://corp.awsapps.com/start" && written["region"] == "us-east-2")
    #expect(written["extra"] == [1, ["a": nil]])
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: URL(filePath: file.path).deletingLastPathComponent().path).count == 1)
  }

  /// The older form knows no renewal, even if its file has a refresh token.
  @Test(arguments: [(1, true), (0, false)])
  func theOlderForm(seconds: Int, isUsed: Bool) async throws {
    let script = try CredentialScript([Self.keys])
    try script.write(Self.token(seconds), to: .sso("https://old.awsapps.com/start", environment: script.environment))
    let provider = try provider(script, profile: "old")
    if isUsed {
      #expect(try await provider?.credentials()?.accessKeyID == "ASIA1")
      #expect(script.requests.first?.hasPrefix("GET https://portal.sso.eu-west-1.") == true)
    } else {
      #expect(try await failure(provider).remedy == .signIn(.identityCenter, profile: "old"))
      #expect(script.requests.isEmpty)
    }
  }

  /// By the number of attempts that a failure takes.
  @Test(arguments: [true, false])
  func aTokenThatCannotBeRenewedServesUntilItEnds(isRefused: Bool) async throws {
    let failures =
      isRefused
      ? [ScriptedTransport.Step.reply(status: 400, body: #"{"error": "invalid_grant"}"#)]
      : Array(repeating: CredentialScript.unreachable, count: 3)
    let script = try CredentialScript(failures + [Self.keys])
    try script.write(Self.token(60), to: .sso("corp", environment: script.environment))
    #expect(try await provider(script)?.credentials()?.accessKeyID == "ASIA1")
    #expect(script.header("x-amz-sso_bearer_token", of: failures.count) == "token-1")
  }

  @Test func aTokenThatHasEndedAndCannotBeRenewed() async throws {
    let refused = try CredentialScript([.reply(status: 400, body: #"{"error": "invalid_grant"}"#)])
    try refused.write(Self.token(-60), to: .sso("corp", environment: refused.environment))
    let refusal = try await failure(provider(refused))
    #expect(refusal.code == .credentials && refusal.remedy == .signIn(.identityCenter, profile: "dev"))
    #expect(refusal.message.contains("invalid_grant"))

    let away = try CredentialScript([CredentialScript.late, CredentialScript.late, CredentialScript.late])
    try away.write(Self.token(-60), to: .sso("corp", environment: away.environment))
    let outage = try await failure(provider(away))
    #expect(outage.code == .timeout && outage.remedy == nil && outage.message.contains("IAM Identity Center"))
    #expect(away.requests.count == 3)
  }

  /// Refresh tokens work once: the refusal may mean that another process has renewed the token meanwhile.
  @Test func anotherProcessWasQuicker() async throws {
    let script = try CredentialScript([])
    let file = TokenFile.sso("corp", environment: script.environment)
    try script.write(Self.token(-60), to: file)
    let renewedElsewhere = Self.token(28_800).replacing("token-1", with: "token-9")
    let transport = ScriptedTransport([.reply(status: 400, body: "{}"), Self.keys])
    var provider = try provider(script)
    provider?.attempts = CredentialAttempts(
      http: CredentialHTTP { request, timeout in
        if request.head.method == .post { try script.write(renewedElsewhere, to: file) }
        return try await transport.send(request, timeout: timeout)
      })
    #expect(try await provider?.credentials()?.accessKeyID == "ASIA1")
    let last = try #require(transport.requests.last)
    #expect(last.head.headerFields.contains { $0.value == "token-9" })
  }

  /// The old refresh token is used up, so the new one must not be lost.
  @Test func inAReadOnlyFolderRenewedTokensServeThisProcess() async throws {
    let answer = ScriptedTransport.Step.reply(
      status: 200, body: #"{"accessToken": "token-2", "expiresIn": 28800, "refreshToken": "refresh-2"}"#)
    let script = try CredentialScript([answer, Self.keys, Self.keys, Self.keys])
    let file = TokenFile.sso("corp", environment: script.environment)
    try script.write(Self.token(-60), to: file)
    var provider = try #require(try provider(script))
    provider.store = TokenStore { _, _ in false }
    for _ in 0..<2 { #expect(try await provider.credentials()?.accessKeyID == "ASIA1") }
    #expect((1...2).allSatisfy { script.header("x-amz-sso_bearer_token", of: $0) == "token-2" })
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == Self.token(-60))
    // The user has signed in again, outside of the container.
    try script.write(Self.token(28_800).replacing("token-1", with: "token-3"), to: file)
    #expect(try await provider.credentials()?.accessKeyID == "ASIA1")
    #expect(script.header("x-amz-sso_bearer_token", of: 3) == "token-3")
  }

  @Test(arguments: [
    (401, #"{"__type": "com.amazonaws.sso#UnauthorizedException", "message": "Session token not found"}"#, true, 1),
    (403, #"{"message": "No access", "__type": "ForbiddenException"}"#, false, 1), (404, "{}", false, 1),
  ])
  func whatThePortalRefuses(status: Int, body: String, signsIn: Bool, requests: Int) async throws {
    let script = try CredentialScript([.reply(status: status, body: body)])
    try script.write(Self.token(3_600), to: .sso("corp", environment: script.environment))
    let error = try await failure(provider(script))
    #expect(error.code == .credentials && (error.remedy != nil) == signsIn && error.message.contains("HTTP \(status)"))
    if !signsIn { #expect(error.message.contains("Reader+Writer") && error.message.contains("111122223333")) }
    #expect(script.requests.count == requests)
  }

  @Test(arguments: [429, 500, 503])
  func anOutageIsTriedAgainAndThenSaid(status: Int) async throws {
    let away = ScriptedTransport.Step.reply(status: status, body: "{}")
    let script = try CredentialScript([away, away, Self.keys])
    try script.write(Self.token(3_600), to: .sso("corp", environment: script.environment))
    #expect(try await provider(script)?.credentials()?.accessKeyID == "ASIA1")
    #expect(script.pauses.count == 2)

    let longer = try CredentialScript([away, away, away])
    try longer.write(Self.token(3_600), to: .sso("corp", environment: longer.environment))
    let error = try await failure(provider(longer))
    // Not the called service's failure, which commands may do without, and yet one that may pass.
    #expect(error.code == .credentials && error.service?.status == status && error.message.contains("try again"))
  }

  @Test(arguments: HostileReply.bodies, [200, 400, 401])
  func hostileRepliesOfThePortal(body: String, status: Int) async throws {
    let script = try CredentialScript([.reply(status: status, headers: ["x-amzn-errortype": HostileReply.secret], body: body)])
    try script.write(Self.token(3_600), to: .sso("corp", environment: script.environment))
    let error = try await failure(provider(script))
    #expect(error.code == (body == HostileReply.page ? .transport : .credentials))
    #expect(!"\(error) \(String(describing: error.service))".contains(HostileReply.secret) && error.message.utf8.count < 400)
  }

  @Test(arguments: HostileReply.bodies)
  func hostileRepliesOfTheTokenService(body: String) async throws {
    let script = try CredentialScript([.reply(status: 200, body: body)])
    let file = TokenFile.sso("corp", environment: script.environment)
    try script.write(Self.token(-60), to: file)
    let error = try await failure(provider(script))
    #expect(error.remedy == (body == HostileReply.page ? nil : .signIn(.identityCenter, profile: "dev")))
    #expect(!error.message.contains(HostileReply.secret))
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == Self.token(-60))
  }

  @Test func noTokenIsPrinted() throws {
    let token = try #require(SSOToken(file: Array(Self.token(60).utf8)))
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), "\(String(describing: token.renewal))", dumped] {
      for secret in ["token-1", "refresh-1", "client-secret"] { #expect(!text.contains(secret)) }
    }
  }
}
