import AWSWire
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import AWSClient

/// Calls of STS for roles, as they leave. That they are botocore's is tested in Tests/clients/test_credentials_botocore.py.
struct RoleCredentialTests {
  /// Answers STS's calls from a script, and keeps them; and has a clock.
  private final class STS: Sendable {
    let requests = Mutex<[AWSHTTPRequest]>([])
    let replies: Mutex<[(status: Int, body: String)]>
    let now = Mutex(Date(timeIntervalSince1970: 1_000_000))

    init(_ replies: [(Int, String)]) { self.replies = Mutex(replies.map { ($0.0, $0.1) }) }

    var http: CredentialHTTP {
      CredentialHTTP { request, _ in
        self.requests.withLock { $0.append(request) }
        let reply = self.replies.withLock { $0.isEmpty ? (500, "") : $0.removeFirst() }
        return AWSHTTPResponse(head: HTTPResponse(status: .init(code: reply.0)), body: Data(reply.1.utf8))
      }
    }

    var hosts: [String?] { requests.withLock { $0.map(\.head.authority) } }
    var bodies: [String] { requests.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } } }
    var signatures: [String?] { requests.withLock { $0.map { $0.head.headerFields[.authorization] } } }
  }

  /// A reply with credentials that last an hour from the start.
  private static func assumed(_ key: String, _ action: String = "AssumeRole", end: String = "1970-01-12T14:46:40Z") -> (
    Int, String
  ) {
    (
      200,
      """
      <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials><AccessKeyId>\(key)</AccessKeyId>
      <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>\(end)</Expiration></Credentials>
      </\(action)Result></\(action)Response>
      """
    )
  }

  private static func refusal(_ code: String, _ message: String) -> (Int, String) {
    (403, "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>")
  }

  private static let config = """
    [default]
    role_arn = arn:aws:iam::1:role/x
    source_profile = base
    [profile mfa]
    role_arn = arn:aws:iam::1:role/x
    source_profile = base
    mfa_serial = me
    [profile base]
    aws_access_key_id = AKBASE
    aws_secret_access_key = s
    """

  private func configuration(
    _ sts: STS, _ options: AWSConfiguration.Options = .init(), _ variables: [String: String] = [:], config: String = Self.config
  ) throws -> AWSConfiguration {
    let file = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    try config.write(to: file, atomically: true, encoding: .utf8)
    let files = ["AWS_CONFIG_FILE": file.path, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "HOME": "/nowhere"]
    return try AWSConfiguration(
      options, environment: files.merging(variables) { $1 }, http: sts.http, now: { sts.now.withLock { $0 } })
  }

  @Test(arguments: [
    ("eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1"), (nil, "sts.us-east-1.amazonaws.com", "us-east-1"),
    ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
  ])
  func theRegionsOwnSTSIsAsked(region: String?, host: String, scope: String) async throws {
    let sts = STS([Self.assumed("ASIA")])
    // An endpoint for the calls of the program isn't one for STS.
    let options = AWSConfiguration.Options(region: region, endpointURL: "http://127.0.0.1:1")
    #expect(try await configuration(sts, options).credentials.credentials()?.accessKeyID == "ASIA")
    #expect(sts.hosts == [host])
    #expect(sts.signatures[0]?.contains("Credential=AKBASE/19700112/\(scope)/sts/aws4_request") == true)
    #expect(sts.bodies[0].contains("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"))
  }

  @Test func aConfiguredEndpointIsSTSsToo() async throws {
    let sts = STS([Self.assumed("ASIA")])
    _ = try await configuration(sts, .init(), ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9/x"]).credentials.credentials()
    #expect(sts.hosts == ["127.0.0.1:9"])
  }

  @Test func aRefusalIsAboutCredentialsAndSaysWhich() async throws {
    let sts = STS([Self.refusal("AccessDenied", "User: me is not authorized to perform: sts:AssumeRole")])
    let configuration = try configuration(sts)
    let error = try await #require(throws: AWSClientError.self) { try await configuration.credentials.credentials() }
    #expect(error.code == .credentials && error.service == nil && !error.isDenied)
    #expect(
      error.message.hasPrefix(
        "Profile \"default\" can't assume arn:aws:iam::1:role/x. Access denied: allow the IAM action sts:AssumeRole"))
    #expect(configuration.trail?.steps.last?.finding == .failed)
  }

  @Test func aWebIdentityIsNotSignedAndStaysSecret() async throws {
    let token = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    try "sesame".write(to: token, atomically: true, encoding: .utf8)
    let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": token.path, "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"]
    let sts = STS([Self.assumed("ASIA", "AssumeRoleWithWebIdentity"), Self.refusal("InvalidIdentityToken", "not sesame")])
    let configuration = try configuration(sts, .init(), variables, config: "")
    #expect(try await configuration.credentials.credentials()?.accessKeyID == "ASIA")
    #expect(sts.signatures == [nil] && sts.bodies[0].contains("WebIdentityToken=sesame"))
    sts.now.withLock { $0 += 3_600 }
    let error = try await #require(throws: AWSClientError.self) { try await configuration.credentials.credentials() }
    #expect(error.message.contains("The web identity in \(token.path)") && !error.message.contains("sesame"))
  }

  @Test func aCodeIsAskedForOnceAndTheSessionServesToItsEnd() async throws {
    let sts = STS([Self.assumed("ASIA")])
    let asked = Mutex<[String]>([])
    var options = AWSConfiguration.Options(profile: "mfa")
    options.mfaCode = { serial in
      asked.withLock { $0.append(serial) }
      return "123456"
    }
    let credentials = try configuration(sts, options).credentials
    #expect(try await credentials.credentials()?.accessKeyID == "ASIA")
    #expect(sts.bodies[0].contains("SerialNumber=me&TokenCode=123456"))
    sts.now.withLock { $0 += 3_599 }
    #expect(try await credentials.credentials()?.accessKeyID == "ASIA")
    sts.now.withLock { $0 += 1 }
    let error = try await #require(throws: AWSClientError.self) { try await credentials.credentials() }
    #expect(error.message.contains("the session of the last code ends") && error.remedy == .beginSession(profile: "mfa"))
    #expect(asked.withLock { $0 } == ["me"] && sts.requests.withLock { $0.count } == 1)
  }

  @Test func rolesAreAssumedAnewBeforeTheyEnd() async throws {
    let sts = STS([Self.assumed("ASIA1"), Self.assumed("ASIA2", end: "1970-01-12T15:46:40Z")])
    let credentials = try configuration(sts).credentials
    #expect(try await credentials.credentials()?.accessKeyID == "ASIA1")
    sts.now.withLock { $0 += 44 * 60 }
    #expect(try await credentials.credentials()?.accessKeyID == "ASIA1")
    sts.now.withLock { $0 += 60 }
    #expect(try await credentials.credentials()?.accessKeyID == "ASIA2")
    #expect(sts.requests.withLock { $0.count } == 2)
  }
}
