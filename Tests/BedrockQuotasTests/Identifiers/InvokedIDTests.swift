import BedrockQuotas
import Testing

struct InvokedIDTests {
  @Test(arguments: [
    ("us", "us.anthropic.claude-opus-5"), ("eu", "eu.amazon.nova-pro-v1:0"), ("apac", "apac.amazon.nova-pro-v1:0"),
    ("jp", "jp.anthropic.claude-opus-5-5"), ("au", "au.anthropic.claude-opus-5"), ("ca", "ca.amazon.nova-lite-v1:0"),
    ("in", "in.openai.gpt-5.6-luna"), ("us-gov", "us-gov.anthropic.claude-3-haiku-20240307-v1:0"),
    ("global", "global.xai.grok-4.6"), ("kr", "kr.anthropic.claude-opus-5"),
  ])
  func systemProfiles(geography: String, id: String) throws {
    guard case .systemProfile(let profile) = InvokedID(id)?.kind else {
      Issue.record("\(id) is not a profile")
      return
    }
    #expect(profile.geography == geography && profile.description == id && profile.isGlobal == (geography == "global"))
    let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/\(id)"
    let invoked = try #require(InvokedID(arn))
    #expect(invoked.kind == .systemProfile(profile) && invoked.text == arn && invoked.model == profile.model)
    #expect(invoked.region == "us-east-1" && invoked.account == "123456789012")
  }

  @Test(
    arguments: [
      ("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic", nil), ("zai.glm-4.7", "zai", nil),
      ("deepseek.v3.2", "deepseek", nil),
      ("openai.gpt-oss-20b-1:0", "openai", nil), ("amazon.nova-pro-v1:0:300k", "amazon", "300k"),
      ("anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic", "200k"), ("acme.rocket", "acme", nil),
    ] as [(String, String, String?)])
  func models(id: String, provider: String, context: String?) throws {
    guard case .model(let model) = InvokedID(id)?.kind else {
      Issue.record("\(id) is not a model")
      return
    }
    #expect(model.provider == provider && model.contextSuffix == context && model.description == id)
    let invoked = InvokedID("arn:aws:bedrock:us-east-1::foundation-model/\(id)")
    #expect(invoked?.kind == .model(model) && invoked?.region == "us-east-1" && invoked?.account == nil)
    #expect(InvokedID(model) == InvokedID(id))
    #expect(InvokedID("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/\(id)")?.kind == .model(model))
    if let context { #expect("\(model.base):\(context)" == id) }
  }

  @Test(arguments: [
    ("bedrock", "application-inference-profile/abcdefghij12", InvokedID.Kind.applicationProfile),
    ("bedrock", "inference-profile/abcdefghij12", .applicationProfile),
    ("bedrock", "provisioned-model/abc", .provisionedModel),
    ("bedrock", "custom-model-deployment/abc", .customModelDeployment),
    ("bedrock", "custom-model/amazon.nova-pro-v1:0/abc", .customModel),
    ("bedrock", "imported-model/abc", .importedModel),
    ("bedrock", "default-prompt-router/x:1", .promptRouter),
    ("bedrock", "prompt/ABCDEFGHIJ:1", .prompt),
    ("sagemaker", "endpoint/x", .marketplaceEndpoint),
  ])
  func otherARNs(service: String, resource: String, kind: InvokedID.Kind) throws {
    let text = "arn:aws:\(service):us-east-1:123456789012:\(resource)"
    let id = try #require(InvokedID(text))
    #expect(id.kind == kind && id.text == text && "\(id)" == text && id.isARN && id.model == nil)
  }

  @Test func aNameIsNeitherModelNorARN() throws {
    let id = try #require(InvokedID("my_provisioned-Model"))
    #expect(id.kind == .name && !id.isARN && id.region == nil)
  }

  @Test(arguments: [
    "", " ", "a b", ".", "us.", "us.claude", "us..x", "anthropic.", ".claude", "anthropic.claude v2", "anthropic.claude/3",
    "Anthropic.Claude",
    "anthropic.claude-", "-x", "a--b", "arn:", "arn:aws:s3:::bucket", "arn:aws:bedrock:us-east-1",
    "arn:aws:bedrock:us-east-1:12:foundation-model/a.b",
    "arn:aws:bedrock:us-east-1::foundation-model/", "arn:aws:bedrock:us-east-1::foundation-model/nope",
    "arn:aws:bedrock:us east:123456789012:prompt/x",
    "arn:aws:bedrock:us-east-1:123456789012:nonsense/x", "anthropic.claude\u{0}", "anthropic.clàude", "amazon.x-:1k", "a.b.:1k",
    "a.b:1k:",
    String(repeating: "a", count: 3_000),
  ])
  func malformed(text: String) { #expect(InvokedID(text) == nil) }
}
