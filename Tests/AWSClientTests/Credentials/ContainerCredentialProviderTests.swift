import AWSWire
import Foundation
import TestSupport
import Testing

@testable import AWSClient

struct ContainerCredentialProviderTests {
  private static let keys = ScriptedTransport.Step.reply(
    status: 200,
    body: """
      {"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t", "Expiration": "2030-01-01T00:00:00Z", "RoleArn": "arn:aws:iam::1:role/r"}
      """)

  private func provider(_ script: CredentialScript, _ environment: [String: String]) -> ContainerCredentialProvider? {
    var provider = ContainerCredentialProvider.configured(environment: environment)
    provider?.attempts = script.attempts
    return provider
  }

  private func failure(_ provider: ContainerCredentialProvider?) async throws -> AWSClientError {
    try await #require(throws: AWSClientError.self) { _ = try await provider?.credentials() }
  }

  private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  private static let token = "AWS_CONTAINER_AUTHORIZATION_TOKEN"

  @Test(arguments: [[:], [relative: ""], [token: "x"]])
  func nothingIsConfigured(environment: [String: String]) throws {
    #expect(try provider(CredentialScript([]), environment) == nil)
  }

  @Test(arguments: [
    ([relative: "/v2/credentials/1"], "http://169.254.170.2/v2/credentials/1"),
    ([relative: "/get?id=1&x=%20"], "http://169.254.170.2/get?id=1&x=%20"),
    ([relative: "/a", full: "http://127.0.0.1/b"], "http://169.254.170.2/a"),
    ([full: "http://127.0.0.1:9000/b?c=d"], "http://127.0.0.1:9000/b?c=d"), ([full: "http://127.9.9.9"], "http://127.9.9.9/"),
    ([full: "http://localhost:80/b"], "http://localhost/b"), ([full: "http://LOCALHOST/b"], "http://localhost/b"),
    ([full: "http://[::1]:9000/b"], "http://[::1]:9000/b"),
    ([full: "http://169.254.170.23/v1/credentials"], "http://169.254.170.23/v1/credentials"),
    ([full: "http://[fd00:ec2::23]/v1/credentials"], "http://[fd00:ec2::23]/v1/credentials"),
    ([full: "https://example.com/b"], "https://example.com/b"), ([full: "HTTPS://10.0.0.1:8443/"], "https://10.0.0.1:8443/"),
  ])
  func theAddress(environment: [String: String], url: String) async throws {
    let script = try CredentialScript([Self.keys])
    let found = try await provider(script, environment)?.credentials()
    #expect(found?.accessKeyID == "ASIA1" && found?.sessionToken == "t")
    #expect(found?.expiration == Date(timeIntervalSince1970: 1_893_456_000))
    #expect(script.requests == ["GET \(url)"])
    #expect(script.header("Accept", of: 0) == "application/json" && script.header("Authorization", of: 0) == nil)
  }

  @Test(arguments: [
    "http://10.0.0.1/", "http://example.com/", "http://127.0.0.1.example.com/", "http://169.254.169.254/", "http://a.localhost/",
    "http://127.0.0.1@example.com/", "http://user@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://",
    "http://[fd00:ec2::24]/", "http://127.0.0.1:99999/", "http://%31/", "http://169.254.170.2.evil.com/",
  ])
  func keysComeFromNowhereElse(url: String) async throws {
    let script = try CredentialScript([])
    let error = try await failure(provider(script, [Self.full: url]))
    #expect(error.code == .configuration && error.message.contains(Self.full))
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: ["v2/credentials", "@evil.com/", ".evil.com/", ":80/x"])
  func aRelativeAddressStaysOnItsHost(path: String) async throws {
    #expect(try await failure(provider(CredentialScript([]), [Self.relative: path])).code == .configuration)
  }

  @Test func theTokenOfTheFileGoesFirst() async throws {
    let script = try CredentialScript([Self.keys, Self.keys, Self.keys])
    let path = script.home.appending(path: "token").path
    try "file token".write(toFile: path, atomically: true, encoding: .utf8)
    let variable = [Self.full: "http://127.0.0.1/", Self.token: "Basic abc="]
    let file = variable.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path]) { $1 }
    _ = try await provider(script, variable)?.credentials()
    _ = try await provider(script, file)?.credentials()
    // EKS replaces the file.
    try "next".write(toFile: path, atomically: true, encoding: .utf8)
    _ = try await provider(script, file)?.credentials()
    #expect((0...2).map { script.header("Authorization", of: $0) } == ["Basic abc=", "file token", "next"])
  }

  @Test(arguments: ["secret\r\nX-Evil: 1", "secret\n", "secret\r", "secret\u{7F}", "secret-ä"])
  func aTokenThatNoHeaderMayHave(token: String) async throws {
    let script = try CredentialScript([])
    for environment in [[Self.token: token], ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": script.home.appending(path: "t").path]] {
      try token.write(to: script.home.appending(path: "t"), atomically: true, encoding: .utf8)
      let error = try await failure(provider(script, environment.merging([Self.full: "http://127.0.0.1/"]) { $1 }))
      #expect(error.code == .configuration && error.message.contains("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
      #expect(!error.message.contains("secret"))
    }
    #expect(script.requests.isEmpty)
  }

  /// Each of the providers holds the environment, in which there are secrets.
  @Test func noProviderPrintsTheEnvironment() throws {
    let environment = ["AWS_SECRET_ACCESS_KEY": "sesame", "HOME": "/nowhere", Self.full: "http://127.0.0.1/"]
    let settings = ["login_session": "s", "sso_role_name": "r", "aws_secret_access_key": "sesame"]
    let profile = Profile(name: "x", config: settings, credentials: [:], services: [:])
    let endpoints = try Endpoints(explicit: nil, environment: [:], profile: profile)
    let shared = try SharedConfig(environment: environment)
    let attempts = CredentialAttempts(http: .direct)
    let providers: [(any CredentialProvider)?] = [
      SSOCredentialProvider.configured(
        profile: profile, shared: shared, environment: environment, endpoints: endpoints, attempts: attempts),
      LoginCredentialProvider.configured(
        profile: profile, environment: environment, endpoints: endpoints, region: "", attempts: attempts),
      ContainerCredentialProvider.configured(environment: environment),
      InstanceMetadataCredentialProvider.configured(profile: profile, environment: environment),
    ]
    for provider in providers {
      let provider = try #require(provider)
      var dumped = ""
      dump(provider, to: &dumped)
      #expect(!"\(provider) \(String(reflecting: provider)) \(dumped)".contains("sesame"))
    }
  }

  @Test func aTokenFileThatIsNotThere() async throws {
    let error = try await failure(
      provider(CredentialScript([]), [Self.full: "http://127.0.0.1/", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere/t"]))
    #expect(error.code == .configuration && error.message.contains("/nowhere/t"))
  }

  @Test(arguments: [
    ScriptedTransport.Step.reply(status: 500, body: ""), .reply(status: 404, body: ""), .reply(status: 200, body: "no JSON"),
    CredentialScript.unreachable, CredentialScript.late,
  ])
  func everyFailureIsTriedThreeTimes(step: ScriptedTransport.Step) async throws {
    let environment = [Self.full: "http://127.0.0.1/"]
    let script = try CredentialScript([step, step, Self.keys])
    #expect(try await provider(script, environment)?.credentials()?.accessKeyID == "ASIA1")
    #expect(script.pauses == [.seconds(1), .seconds(1)])
    let longer = try CredentialScript([step, step, step, Self.keys])
    let error = try await failure(provider(longer, environment))
    #expect(longer.requests.count == 3 && longer.pauses.count == 2 && error.message.contains("container"))
  }

  @Test func anUnreachableEndpointAndOneThatGivesNothing() async throws {
    let environment = [Self.full: "http://127.0.0.1/"]
    let unreachable = try CredentialScript([
      CredentialScript.unreachable, CredentialScript.unreachable, CredentialScript.unreachable,
    ])
    #expect(try await failure(provider(unreachable, environment)).code == .transport)
    let refusal = ScriptedTransport.Step.reply(status: 403, body: #"{"code": "AccessDenied", "message": "no"}"#)
    let refused = try CredentialScript([refusal, refusal, refusal])
    let error = try await failure(provider(refused, environment))
    #expect(error.code == .credentials && error.message.contains("HTTP 403, AccessDenied"))
  }

  @Test(arguments: HostileReply.bodies, [200, 403])
  func hostileReplies(body: String, status: Int) async throws {
    let reply = ScriptedTransport.Step.reply(status: status, body: body)
    let script = try CredentialScript([reply, reply, reply])
    let error = try await failure(provider(script, [Self.full: "http://127.0.0.1/", Self.token: "sesame"]))
    #expect(error.code == .credentials && error.message.utf8.count < 400)
    for secret in [HostileReply.secret, "sesame", "X-Evil"] { #expect(!error.message.contains(secret)) }
  }
}
