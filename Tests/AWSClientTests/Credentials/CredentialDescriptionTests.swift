import AWSWire
import Foundation
import Testing

@testable import AWSClient

/// However a value with keys in it is printed, the keys aren't.
struct CredentialDescriptionTests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  private static let environment = [
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": secret,
    "AWS_SESSION_TOKEN": secret, "AWS_BEARER_TOKEN_BEDROCK": secret, "AWS_CONTAINER_AUTHORIZATION_TOKEN": secret,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/", "HTTPS_PROXY": "http://user:\(secret)@127.0.0.1:1",
  ]
  private static let config = """
    [default]
    role_arn = arn:aws:iam::123456789012:role/x
    source_profile = base
    external_id = \(secret)
    [profile base]
    aws_access_key_id = AKIAIOSFODNN7EXAMPLE
    aws_secret_access_key = \(secret)
    credential_process = tool --password \(secret)
    """

  private func expectNoSecret(_ value: Any, _ comment: Comment) {
    var dumped = ""
    dump(value, to: &dumped)
    for text in ["\(value)", String(reflecting: value), dumped] {
      #expect(!text.contains(Self.secret) && !text.contains("dXNlcj"), comment)
    }
  }

  @Test func noSecretInAnyDescription() throws {
    let script = try CredentialScript([])
    let shared = try script.shared(Self.config)
    let environment = Self.environment.merging(script.environment) { $1 }
    let configuration = try AWSConfiguration(environment: environment)
    #expect(configuration.hasBedrockAPIKey)
    expectNoSecret(configuration, "configuration")
    expectNoSecret(configuration.credentials, "credentials")
    expectNoSecret(configuration.network, "network")
    expectNoSecret(shared, "shared files")
    expectNoSecret(shared.config, "config file")
    for name in ["default", "base"] {
      let profile = shared.profile(named: name)
      expectNoSecret(profile, "profile")
      let sts = STSCaller(configuration: configuration, http: .direct, now: { CredentialScript.now })
      let sources = CredentialSources(
        profile: profile, shared: shared, environment: environment, sts: sts, cache: nil, mfaCode: nil, trail: CredentialTrail())
      expectNoSecret(sources, "sources")
      expectNoSecret(sources.chain(isExplicit: false), "chain")
      expectNoSecret(sources.sourceChain(profile, visited: ["default", name]), "source chain")
    }
    let keys = Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Self.secret, sessionToken: Self.secret)
    expectNoSecret([AWSIdentity.credentials(keys), .apiKey(Self.secret), .token(Self.secret)], "identities")
    expectNoSecret(StaticCredentialProvider(keys), "static")
    expectNoSecret(AssumedRole(credentials: keys, arn: nil, id: nil), "role")
  }
}
