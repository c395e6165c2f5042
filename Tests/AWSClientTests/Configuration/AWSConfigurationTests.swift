import AWSClient
import AWSWire
import Foundation
import Testing

/// Region, profile, credentials and endpoints come from where the AWS CLI would take them.
struct AWSConfigurationTests {
  /// Writes the two files into a folder of its own and returns the environment that names them.
  private func files(config: String = "", credentials: String = "", _ more: [String: String] = [:]) throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try config.write(to: folder.appending(path: "config"), atomically: true, encoding: .utf8)
    try credentials.write(to: folder.appending(path: "credentials"), atomically: true, encoding: .utf8)
    let paths = [
      // No test asks the network.
      "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_CONFIG_FILE": folder.appending(path: "config").path,
      "AWS_SHARED_CREDENTIALS_FILE": folder.appending(path: "credentials").path,
    ]
    return paths.merging(more) { $1 }
  }

  private let keys = "aws_access_key_id = AKFILE\naws_secret_access_key = secret\n"

  @Test func theRegionsOrder() throws {
    let config = "[default]\nregion = profile-region-1\n"
    let all = ["AWS_REGION": "env-region-1", "AWS_DEFAULT_REGION": "env-region-2"]
    #expect(try AWSConfiguration(.init(region: "cli-region-1"), environment: files(config: config, all)).region == "cli-region-1")
    #expect(try AWSConfiguration(environment: files(config: config, all)).region == "env-region-1")
    #expect(
      try AWSConfiguration(environment: files(config: config, ["AWS_DEFAULT_REGION": "env-region-2"])).region == "env-region-2")
    #expect(try AWSConfiguration(environment: files(config: config)).region == "profile-region-1")
    let none = try AWSConfiguration(environment: files(config: config, ["AWS_REGION": ""]))
    #expect(none.region == "profile-region-1")
  }

  @Test func withoutARegionTheMessageSaysWhatToDo() throws {
    let configuration = try AWSConfiguration(environment: files())
    let error = try #require(throws: AWSClientError.self) { try configuration.requireRegion() }
    #expect(error.code == .region && error.parameters == ["region"] && error.message.contains("AWS_REGION"))
  }

  @Test(arguments: ["US-EAST-1", "us-east", "us-east-1.evil.com", "us/east-1", "us-east-1a", "-us-1", "us--1", "x"])
  func whatIsNoRegionNeverReachesAHostName(region: String) throws {
    #expect(throws: AWSClientError.self) { try AWSConfiguration(.init(region: region), environment: files()) }
  }

  @Test func theProfilesOrder() async throws {
    let config = "[profile a]\nregion=a-region-1\n[profile aws]\nregion=aws-region-1\n"
    #expect(try AWSConfiguration(environment: files(config: config)).region == "aws-region-1")
    #expect(try AWSConfiguration(environment: files(config: config + "[default]\nregion=d-region-1\n")).region == "d-region-1")
    #expect(try AWSConfiguration(environment: files(config: config, ["AWS_PROFILE": "a"])).region == "a-region-1")
    #expect(
      try AWSConfiguration(.init(profile: "aws"), environment: files(config: config, ["AWS_PROFILE": "a"])).region
        == "aws-region-1")
    let error = try #require(throws: AWSClientError.self) {
      try AWSConfiguration(.init(profile: "nobody"), environment: files(config: config))
    }
    #expect(error.message.contains("nobody") && error.message.contains("a, aws"))
  }

  @Test func theEnvironmentGoesBeforeTheFilesButNotBeforeAProfileThatWasAskedFor() async throws {
    let variables = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
    let environment = try files(credentials: "[default]\n\(keys)[other]\n\(keys)", variables)
    let fromEnvironment = try await AWSConfiguration(environment: environment).credentials.credentials()
    #expect(fromEnvironment == Credentials(accessKeyID: "AKENV", secretAccessKey: "s", sessionToken: "t"))
    let fromFile = try await AWSConfiguration(.init(profile: "other"), environment: environment).credentials.credentials()
    #expect(fromFile?.accessKeyID == "AKFILE")
    let stillEnvironment = try await AWSConfiguration(
      environment: environment.merging(["AWS_PROFILE": "other"]) { $1 }
    ).credentials.credentials()
    #expect(stillEnvironment?.accessKeyID == "AKENV")
  }

  @Test(arguments: [
    ("", ["AWS_ACCESS_KEY_ID": "x"], "AWS_SECRET_ACCESS_KEY"),
    ("[default]\naws_access_key_id = x\n", [:], "aws_secret_access_key"),
    ("[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n", [:], "source_profile = y"),
    ("[default]\nlogin_session = x\n", ["HOME": "/nowhere"], "sign in again"),
    (
      "[default]\naws_access_key_id = x\naws_secret_access_key = y\ncredential_process = /nowhere/z\n", [:],
      "credential_process of profile \"default\" can't be started"
    ),
    ("", [:], "the emulator"),
  ])
  func unusableCredentialsSaySo(config: String, variables: [String: String], word: String) async throws {
    let configuration = try AWSConfiguration(environment: files(config: config, variables))
    let error = try await #require(throws: AWSClientError.self) { try await configuration.credentials.credentials() }
    #expect(error.code == .credentials && error.message.contains(word))
  }

  @Test(arguments: [
    ("us-east-1", "servicequotas.us-east-1.amazonaws.com"), ("cn-north-1", "servicequotas.cn-north-1.amazonaws.com.cn"),
    ("us-gov-west-1", "servicequotas.us-gov-west-1.amazonaws.com"), ("us-iso-east-1", "servicequotas.us-iso-east-1.c2s.ic.gov"),
    ("us-isob-east-1", "servicequotas.us-isob-east-1.sc2s.sgov.gov"),
    ("eu-isoe-west-1", "servicequotas.eu-isoe-west-1.cloud.adc-e.uk"),
    ("us-isof-south-1", "servicequotas.us-isof-south-1.csp.hci.ic.gov"),
    ("eusc-de-east-1", "servicequotas.eusc-de-east-1.amazonaws.eu"), ("xx-new-9", "servicequotas.xx-new-9.amazonaws.com"),
  ])
  func everyPartitionHasItsHosts(region: String, host: String) throws {
    let endpoint = try AWSConfiguration(environment: files()).endpoints.endpoint(for: .serviceQuotas, region: region)
    #expect(endpoint.authority == host && endpoint.scheme == "https")
  }

  @Test func theEndpointsOrder() throws {
    let config = """
      [default]
      services = local
      endpoint_url = http://profile:1
      [services local]
      service_quotas =
        endpoint_url = http://section:1
      """
    func host(_ service: AWSService, _ variables: [String: String], explicit: String? = nil) throws -> String {
      try AWSConfiguration(.init(endpointURL: explicit), environment: files(config: config, variables))
        .endpoints.endpoint(for: service, region: "us-east-1").authority
    }
    let both = ["AWS_ENDPOINT_URL": "http://env:1", "AWS_ENDPOINT_URL_SERVICE_QUOTAS": "http://env-quotas:1"]
    #expect(try host(.serviceQuotas, both, explicit: "http://[::1]:9/x/") == "[::1]:9")
    #expect(try host(.serviceQuotas, both) == "env-quotas:1")
    #expect(try host(.bedrock, both) == "env:1")
    #expect(try host(.serviceQuotas, [:]) == "section:1")
    #expect(try host(.sts, [:]) == "profile:1")
    #expect(try host(.sts, ["AWS_ENDPOINT_URL_S3": "localhost:9000", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ""]) == "profile:1")
    #expect(try host(.sts, [:], explicit: "http://127.0.0.1:80") == "127.0.0.1", "as the Host header has it")
    #expect(try host(.sts, [:], explicit: "https://127.0.0.1:80") == "127.0.0.1:80")
    #expect(try host(.sts, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) == "sts.us-east-1.amazonaws.com")
  }

  @Test(arguments: [
    "", "127.0.0.1:80", "ftp://x", "http://", "http://u:p@x", "http://x?y=1", "http://x:99999", "http://x:0", "http://x#y",
    "http://a%0d%0ab/",
  ])
  func whatIsNoEndpointIsNamed(text: String) throws {
    let error = try #require(throws: AWSClientError.self) {
      try AWSConfiguration(.init(endpointURL: text), environment: files())
    }
    #expect(error.message.contains(" in the endpoint URL") && error.parameters == ["endpointURL"])
  }

  @Test func aBrokenFileIsNamedWithItsLine() throws {
    let environment = try files(config: "[default]\nregion\n")
    let error = try #require(throws: AWSClientError.self) { try AWSConfiguration(environment: environment) }
    #expect(error.message.contains("\(environment["AWS_CONFIG_FILE"]!), line 2"))
  }
}
