import AWSWire
import Foundation
import TestSupport
import Testing

@testable import AWSClient

struct InstanceMetadataCredentialProviderTests {
  private static let host = "http://169.254.169.254"
  private static let roles = "\(host)/latest/meta-data/iam/security-credentials/"

  private static func keys(_ seconds: Int = 21_600) -> ScriptedTransport.Step {
    .reply(
      status: 200,
      body: """
        {"Code": "Success", "AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t", "Expiration": "\(AWSDate.iso8601(1_800_000_000 + seconds))"}
        """)
  }

  private static let token = ScriptedTransport.Step.reply(status: 200, body: "imds-token==")
  private static let role = ScriptedTransport.Step.reply(status: 200, body: "web-role")

  private func provider(
    _ script: CredentialScript, _ environment: [String: String] = [:], config: ConfigFile.Settings = [:]
  ) -> InstanceMetadataCredentialProvider? {
    let profile = Profile(name: "default", config: config, credentials: [:], services: [:])
    var provider = InstanceMetadataCredentialProvider.configured(profile: profile, environment: environment)
    provider?.attempts = script.attempts
    provider?.now = { CredentialScript.now }
    return provider
  }

  private func failure(_ provider: InstanceMetadataCredentialProvider?) async throws -> AWSClientError {
    try await #require(throws: AWSClientError.self) { _ = try await provider?.credentials() }
  }

  @Test(arguments: [("true", true), ("TRUE", true), ("false", false), ("1", false), ("", false)])
  func canBeDisabled(value: String, isDisabled: Bool) throws {
    #expect((try provider(CredentialScript([]), ["AWS_EC2_METADATA_DISABLED": value]) == nil) == isDisabled)
  }

  @Test func version2() async throws {
    let script = try CredentialScript([Self.token, Self.role, Self.keys()])
    let found = try await provider(script)?.credentials()
    #expect(found?.accessKeyID == "ASIA1" && found?.secretAccessKey == "s" && found?.sessionToken == "t")
    #expect(found?.expiration == CredentialScript.now.addingTimeInterval(21_600))
    #expect(script.requests == ["PUT \(Self.host)/latest/api/token", "GET \(Self.roles)", "GET \(Self.roles)web-role"])
    #expect(script.header("x-aws-ec2-metadata-token-ttl-seconds", of: 0) == "21600")
    #expect((1...2).allSatisfy { script.header("x-aws-ec2-metadata-token", of: $0) == "imds-token==" })
  }

  /// Where there are no tokens, and where the reply to the PUT doesn't get through.
  @Test(arguments: [
    ScriptedTransport.Step.reply(status: 403, body: "no"), .reply(status: 404, body: "no"), .reply(status: 405, body: "no"),
    .reply(status: 500, body: "no"), .reply(status: 200, body: ""), CredentialScript.late, CredentialScript.unreachable,
  ])
  func version1(step: ScriptedTransport.Step) async throws {
    let script = try CredentialScript([step, Self.role, Self.keys()])
    #expect(try await provider(script)?.credentials()?.accessKeyID == "ASIA1")
    #expect((0...2).allSatisfy { script.header("x-aws-ec2-metadata-token", of: $0) == nil })

    for (environment, config) in [
      (["AWS_EC2_METADATA_V1_DISABLED": "true"], [:]), ([:], ["ec2_metadata_v1_disabled": "True"]),
    ] as [([String: String], ConfigFile.Settings)] {
      let forbidden = try CredentialScript([step, Self.role, Self.keys()])
      let error = try await failure(provider(forbidden, environment, config: config))
      #expect(error.code == .credentials && error.message.contains("ec2_metadata_v1_disabled"))
      #expect(forbidden.requests.count == 1)
    }
  }

  @Test func aTokenRequestThatIsRefusedEndsIt() async throws {
    let script = try CredentialScript([.reply(status: 400, body: "")])
    #expect(try await provider(script)?.credentials() == nil)
    #expect(script.requests.count == 1)
  }

  @Test(arguments: [
    ScriptedTransport.Step.reply(status: 404, body: "no role"), .reply(status: 200, body: ""), .reply(status: 200, body: "\n"),
    .reply(status: 200, body: "<html>sign in to this network</html>"),
    .reply(status: 200, body: String(repeating: "x", count: 9_999)),
    CredentialScript.unreachable, CredentialScript.late,
  ])
  func noRole(step: ScriptedTransport.Step) async throws {
    let script = try CredentialScript([Self.token, step])
    #expect(try await provider(script)?.credentials() == nil)
    #expect(script.requests.count == 2)
  }

  @Test func nothingAnswers() async throws {
    let script = try CredentialScript([CredentialScript.late, CredentialScript.late])
    #expect(try await provider(script)?.credentials() == nil)
    #expect(script.requests.count == 2 && script.pauses.isEmpty)
  }

  @Test(arguments: HostileReply.bodies, [200, 500])
  func aRoleWithoutKeysIsAnErrorWithoutTheBody(body: String, status: Int) async throws {
    let script = try CredentialScript([Self.token, Self.role, .reply(status: status, body: body)])
    let error = try await failure(provider(script))
    #expect(error.code == .credentials && error.message.contains("web-role") && error.message.utf8.count < 400)
    #expect(!error.message.contains(HostileReply.secret) && !error.message.contains("imds-token"))
  }

  @Test func theServicesOwnErrorIsNamed() async throws {
    let body = #"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}"#
    let script = try CredentialScript([Self.token, Self.role, .reply(status: 200, body: body)])
    #expect(try await failure(provider(script)).message.contains("AssumeRoleUnauthorizedAccess"))
  }

  @Test(
    arguments: [
      ([:], [:], "169.254.169.254"), (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], [:], "[fd00:ec2::254]"),
      (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], ["ec2_metadata_service_endpoint_mode": "ipv6"], "169.254.169.254"),
      ([:], ["ec2_metadata_service_endpoint_mode": "ipv6"], "[fd00:ec2::254]"),
      ([:], ["imds_use_ipv6": "true"], "[fd00:ec2::254]"),
      (
        ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1338/"], ["ec2_metadata_service_endpoint": "http://x"],
        "127.0.0.1:1338"
      ),
      (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6"], ["ec2_metadata_service_endpoint": "http://[::1]:8/"], "[::1]:8"),
    ] as [([String: String], ConfigFile.Settings, String)])
  func theAddress(environment: [String: String], config: ConfigFile.Settings, authority: String) async throws {
    let script = try CredentialScript([Self.token, Self.role, Self.keys()])
    _ = try await provider(script, environment, config: config)?.credentials()
    #expect(script.requests.first == "PUT http://\(authority)/latest/api/token")
  }

  @Test(arguments: [
    ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"], ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere"],
    ["AWS_METADATA_SERVICE_TIMEOUT": "soon"], ["AWS_METADATA_SERVICE_TIMEOUT": "-1"],
    ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "many"],
  ])
  func wrongSettingsAreNamed(environment: [String: String]) async throws {
    let error = try await failure(provider(CredentialScript([]), environment))
    #expect(error.code == .configuration && error.message.contains(environment.keys.first!))
  }

  @Test func timesAndAttempts() throws {
    func settings(_ environment: [String: String], _ config: ConfigFile.Settings) throws -> InstanceMetadataSettings {
      try InstanceMetadataSettings(
        profile: Profile(name: "default", config: config, credentials: [:], services: [:]), environment: environment)
    }
    let plain = try settings([:], [:])
    #expect(plain.timeout == .seconds(1) && plain.attempts == 1 && plain.allowsVersion1)
    let config = ["metadata_service_timeout": "3", "metadata_service_num_attempts": "4"]
    let profile = try settings([:], config)
    #expect(profile.timeout == .seconds(3) && profile.attempts == 4)
    let variables = try settings(["AWS_METADATA_SERVICE_TIMEOUT": "5", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "0"], config)
    #expect(variables.timeout == .seconds(5) && variables.attempts == 1)
  }

  @Test func moreAttempts() async throws {
    let busy = ScriptedTransport.Step.reply(status: 503, body: "")
    let script = try CredentialScript([busy, Self.token, busy, Self.role, .reply(status: 200, body: "no JSON"), Self.keys()])
    let environment = ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"]
    #expect(try await provider(script, environment)?.credentials()?.accessKeyID == "ASIA1")
    #expect(script.requests.count == 6)
  }

  /// The jitter of the script is the middle, so the window is 900 + 360 seconds.
  @Test(arguments: [(1_261, 1_261), (1_260, 1_260), (1_200, 1_260), (60, 1_260), (-86_400, 1_260)])
  func inAnOutageKeysThatHaveEndedAreUsedOn(seconds: Int, used: Int) async throws {
    let script = try CredentialScript([Self.token, Self.role, Self.keys(seconds)])
    let found = try await provider(script)?.credentials()
    #expect(found?.expiration == CredentialScript.now.addingTimeInterval(Double(used)))
  }
}
