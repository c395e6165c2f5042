import AWSClient
import AWSWire
import FleetStore
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import FleetNetwork

/// Logins by IAM to ElastiCache and MemoryDB.
struct IAMTokensTests {
  private struct NoNetwork: HTTPTransport {
    func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
      throw AWSClientError(.transport, "There is no network.")
    }
  }

  /// Credentials that change at each call.
  private final class Changing: CredentialProvider {
    private let calls = Mutex(0)

    func credentials() async throws -> Credentials? {
      let number = calls.withLock { calls in
        calls += 1
        return calls
      }
      return Credentials(accessKeyID: "AKID\(number)", secretAccessKey: "secret-5f3a", sessionToken: "token\(number)")
    }
  }

  private struct None: CredentialProvider {
    func credentials() async throws -> Credentials? { nil }
  }

  private func client(_ credentials: any CredentialProvider, region: String = "us-east-1") throws -> AWSClient {
    var options = AWSConfiguration.Options()
    options.region = region
    options.credentials = credentials
    let configuration = try AWSConfiguration(
      options, environment: ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"])
    return AWSClient(
      configuration: configuration, transport: NoNetwork(), now: { Date(timeIntervalSince1970: 1_440_938_160) })
  }

  private func tokens(
    _ service: IAMCache.Service = .elastiCache, credentials: any CredentialProvider = Changing()
  ) throws -> IAMTokens {
    IAMTokens(
      IAMCache(name: "my-cache", service: service, user: "bedquota", region: nil), client: try client(credentials))
  }

  /// The signature is botocore's; see also `SigV4PresigningTests`.
  @Test func aTokenIsAURLWithoutItsScheme() async throws {
    let keys = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")
    let token = try await tokens(credentials: StaticCredentialProvider(keys)).make()
    #expect(
      token.value
        == "my-cache/?Action=connect&User=bedquota&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Felasticache%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=e924150820ccdaa03547deecd4f566e21d0f5ceadf22673c2b6d82dc85d7c419"
    )
    #expect(!"\(token)".contains("Signature") && !String(reflecting: token).contains("Signature"))
  }

  @Test(arguments: [
    (IAMCache.Service.elastiCache, "elasticache", false), (.serverless, "elasticache", true), (.memoryDB, "memorydb", false),
  ])
  func theKindOfCacheIsInTheToken(service: IAMCache.Service, scope: String, hasType: Bool) async throws {
    let token = try await tokens(service).make().value
    #expect(token.hasPrefix("my-cache/?Action=connect&User=bedquota&") && token.contains("us-east-1%2F\(scope)%2F"))
    #expect(token.contains("&ResourceType=ServerlessCache&") == hasType && token.contains("&X-Amz-Security-Token=token1&"))
  }

  @Test func withoutCredentialsItSaysSo() async throws {
    let tokens = try tokens(credentials: None())
    let error = await #expect(throws: FleetStoreError.self) { try await tokens.make() }
    #expect(error?.code == .credentials && error?.message.contains("No AWS credentials") == true)
  }

  private func connector(_ tokens: IAMTokens, renewal: Duration) -> RESPConnector {
    RESPConnector(
      loop: MultiThreadedEventLoopGroup.singleton.next(), tls: nil,
      login: RESPConnector.Login(user: "bedquota", tokens: tokens), timeout: .ample, renewal: renewal,
      logger: Logger(label: "test"))
  }

  private func settle(_ isDone: () -> Bool) async throws {
    let end = ContinuousClock.now + .ample
    while !isDone() {
      guard ContinuousClock.now < end else { throw FleetStoreError.noAnswer }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  @Test func eachConnectionAndEachRenewalHasATokenOfItsOwn() async throws {
    let server = try await ScriptedServer { _, _ in .bytes("+OK\r\n") }
    let connector = connector(try tokens(), renewal: .milliseconds(20))
    let connection = try await connector.connect(to: RESPEndpoint(host: "127.0.0.1", port: server.port))
    try await settle { server.logins.count >= 3 }
    let logins = server.logins
    #expect(logins[0].dropLast() == ["HELLO", "3", "AUTH", "bedquota"])
    #expect(logins[1].dropLast() == ["AUTH", "bedquota"] && logins[2].dropLast() == ["AUTH", "bedquota"])
    for (index, login) in logins.prefix(3).enumerated() { #expect(login.last?.contains("=AKID\(index + 1)%2F") == true) }
    #expect(server.connections == 1 && connection.isActive)
    // Nothing follows the end.
    connection.close()
    try await connection.end.get()
    try await Task.sleep(for: .milliseconds(100))
    let count = server.logins.count
    try await Task.sleep(for: .milliseconds(200))
    #expect(server.logins.count == count)
  }

  @Test func aRenewalThatFailsLeavesTheConnectionAndIsTriedAgain() async throws {
    let server = try await ScriptedServer { words, number in
      words[0] == "AUTH" && number < 2 ? .bytes("-WRONGPASS invalid\r\n") : .bytes("+OK\r\n")
    }
    let connector = connector(try tokens(), renewal: .milliseconds(20))
    let connection = try await connector.connect(to: RESPEndpoint(host: "127.0.0.1", port: server.port))
    try await settle { server.logins.count >= 5 }
    #expect(try await connection.send(["PING"], timeout: .ample) == .simple("OK"))
    #expect(server.connections == 1)
    connection.close()
  }

  @Test(.enabled(if: ServerProcess.isFound, "redis-server and valkey-server are not installed"))
  func aTokenThatIsRefusedIsSaidWithoutIt() async throws {
    let server = try ServerProcess(["--requirepass", "another"])
    let connector = connector(try tokens(.memoryDB), renewal: .ample)
    let error = await #expect(throws: FleetStoreError.self) {
      try await ServerProcess.until { () async throws(FleetStoreError) in
        try await connector.connect(to: RESPEndpoint(host: "127.0.0.1", port: server.port))
      }
    }
    #expect(error?.code == .credentials && error?.message.contains("memorydb:Connect") == true)
    #expect(error?.message.contains("AKID") == false && error?.message.contains("Signature") == false)
  }

  @Test func theAddressOpensAStoreThatSigns() throws {
    let (here, nowhere) = (try client(None()), try client(None(), region: ""))
    let address = try FleetStoreAddress("rediss://bedquota@h:6379/?iam=my-cache", from: .argument)
    _ = try address.store(here, logger: Logger(label: "test"))
    let error = #expect(throws: FleetStoreError.self) { try address.store(nowhere, logger: Logger(label: "test")) }
    #expect(error?.code == .configuration && error?.message.contains("Region") == true)
    let other = try FleetStoreAddress("rediss://bedquota@h:6379/?iam=my-cache&region=eu-west-1", from: .argument)
    _ = try other.store(nowhere, logger: Logger(label: "test"))
  }
}
