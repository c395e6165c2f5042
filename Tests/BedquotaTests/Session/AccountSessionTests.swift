import AWSClient
import AWSWire
import Bedquota
import Foundation
import Testing

/// Which credentials sign for whom, against a recorded STS.
@Suite(.timeLimit(.minutes(5)))
struct AccountSessionTests {
  private static let arn = "arn:aws:iam::222222222222:role/bedrock"

  private let sts = RecordingSTS()

  private func own(_ variables: [String: String] = [:]) throws -> BedquotaSession {
    let nowhere = ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]
    let keys = StaticCredentialProvider(Credentials(accessKeyID: "AKIA-own", secretAccessKey: "s"))
    let configuration = try AWSConfiguration(
      .init(region: "us-east-1", credentials: keys), environment: nowhere.merging(variables) { $1 })
    return BedquotaSession(client: AWSClient(configuration: configuration, transport: sts, now: { [sts] in sts.now }))
  }

  private func account(_ sessionName: String?, regions: [String] = []) throws -> AccountSession {
    var role = AssumeRoleInput(roleARN: Self.arn)
    (role.externalID, role.durationSeconds) = ("7f3a", 3_600)
    let settings = AccountSettings(
      name: "lab", role: role, sessionName: sessionName.flatMap { RoleSessionName($0) }, regions: regions)
    return try AccountSession(settings, own: own())
  }

  private func key(_ session: BedquotaSession) async throws -> String? {
    try await session.inference.configuration.credentials.credentials()?.accessKeyID
  }

  @Test func theOwnAccountHasTheOwnCredentials() async throws {
    let account = try AccountSession(AccountSettings(regions: ["us-west-2", "us-east-1"]), own: own())
    #expect(account.reader.region == "us-west-2" && !account.isPerCaller)
    #expect(try await key(account.session(of: "alice")) == "AKIA-own")
    #expect(try AccountSession(AccountSettings(), own: own()).reader.region == "us-east-1")
    #expect(sts.calls.isEmpty)
  }

  @Test(arguments: [nil, "gateway"])
  func aNameForAllIsOneSession(name: String?) async throws {
    let account = try account(name)
    for caller in ["alice", "bob"] { #expect(try await key(account.session(of: caller)) == "ASIA-\(name ?? "bedquota")-1") }
    #expect(try await key(account.reader) == "ASIA-\(name ?? "bedquota")-1")
    #expect(sts.calls == [.init(session: name ?? "bedquota", role: Self.arn, externalID: "7f3a", seconds: "3600")])
  }

  /// A thousand requests of two callers wait for two calls, and none gets the credentials of the other.
  @Test func eachCallerHasASessionOfItsOwn() async throws {
    let account = try account("gw-{key}")
    let keys = try await withThrowingTaskGroup(of: (String, String?).self) { group in
      for index in 0..<1_000 {
        let caller = ["alice", "bob"][index % 2]
        group.addTask { (caller, try await key(account.session(of: caller))) }
      }
      return try await group.reduce(into: [String: Set<String>]()) { $0[$1.0, default: []].insert($1.1 ?? "") }
    }
    #expect(keys.count == 2 && keys.values.allSatisfy { $0.count == 1 })
    #expect(keys["alice"]?.first?.hasPrefix("ASIA-gw-alice-") == true)
    #expect(keys["bob"]?.first?.hasPrefix("ASIA-gw-bob-") == true)
    #expect(try await key(account.reader)?.hasPrefix("ASIA-bedquota-") == true)
    #expect(sts.calls.map(\.session).sorted() == ["bedquota", "gw-alice", "gw-bob"])
  }

  @Test func credentialsAreRenewedBeforeTheyEnd() async throws {
    let session = try account("{key}").session(of: "alice")
    #expect(try await key(session) == "ASIA-alice-1")
    sts.advance(seconds: 3_600 - 14 * 60)
    #expect(try await key(session) == "ASIA-alice-2")
    // STS may be away for as long as the credentials last.
    sts.advance(seconds: 3_600 - 5 * 60)
    sts.set(isDenied: true)
    #expect(try await key(session) == "ASIA-alice-2")
  }

  /// Requests that fail because of a role don't each ask STS.
  @Test func aRefusalHoldsForAMoment() async throws {
    let account = try account(nil)
    sts.set(isDenied: true)
    for _ in 0..<50 {
      let error = await #expect(throws: AWSClientError.self) { try await key(account.reader) }
      #expect(error?.code == .credentials && error?.message.hasPrefix("\(Self.arn) can't be assumed. ") == true)
    }
    #expect(sts.calls.count == 1)
    sts.advance(seconds: 6)
    sts.set(isDenied: false)
    #expect(try await key(account.reader) == "ASIA-bedquota-2")
  }

  /// It is of the account that assumes the role, and would go before the role's credentials.
  @Test func aRoleDoesNotInheritTheBedrockAPIKey() throws {
    let own = try own(["AWS_BEARER_TOKEN_BEDROCK": "key"])
    #expect(own.client.configuration.hasBedrockAPIKey)
    let role = own.assuming(AssumeRoleInput(roleARN: Self.arn))
    #expect(!role.client.configuration.hasBedrockAPIKey && !role.inference.configuration.hasBedrockAPIKey)
    #expect(try !own.client.configuration.assuming(roleARN: Self.arn).hasBedrockAPIKey)
  }

  @Test func sessionsAreBounded() async throws {
    let name = try #require(RoleSessionName("{key}"))
    let sessions = try RoleSessions(own(), role: AssumeRoleInput(roleARN: Self.arn), name: name, sessionsMax: 3)
    for caller in ["a1", "b1", "c1", "a1", "d1", "a1"] { _ = try await key(sessions.session(of: caller)) }
    #expect(sessions.count == 3)
    #expect(sts.calls.map(\.session) == ["a1", "b1", "c1", "d1"])
    _ = try await key(sessions.session(of: "b1"))
    #expect(sts.calls.count == 5, "the one that was used the longest ago was forgotten")
  }
}
