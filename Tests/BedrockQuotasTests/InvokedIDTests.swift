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
    guard case .systemProfile(let profile) = InvokedID(id) else {
      Issue.record("\(id) is not a profile")
      return
    }
    #expect(profile.geography == geography && profile.description == id && profile.isGlobal == (geography == "global"))
    let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/\(id)"
    #expect(InvokedID(arn) == .systemProfile(profile))
  }

  @Test(
    arguments: [
      ("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic", nil), ("zai.glm-4.7", "zai", nil),
      ("deepseek.v3.2", "deepseek", nil),
      ("openai.gpt-oss-20b-1:0", "openai", nil), ("amazon.nova-pro-v1:0:300k", "amazon", "300k"),
      ("anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic", "200k"), ("acme.rocket", "acme", nil),
    ] as [(String, String, String?)])
  func models(id: String, provider: String, context: String?) throws {
    guard case .model(let model) = InvokedID(id) else {
      Issue.record("\(id) is not a model")
      return
    }
    #expect(model.provider == provider && model.contextSuffix == context && model.description == id)
    #expect(InvokedID("arn:aws:bedrock:us-east-1::foundation-model/\(id)") == .model(model))
    #expect(InvokedID("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/\(id)") == .model(model))
    if let context { #expect("\(model.base):\(context)" == id) }
  }

  @Test func otherARNs() {
    let prefix = "arn:aws:bedrock:us-east-1:123456789012:"
    func kind(_ rest: String) -> InvokedID? { InvokedID(prefix + rest) }
    #expect(
      kind("application-inference-profile/abcdefghij12")
        == .applicationProfile(prefix + "application-inference-profile/abcdefghij12"))
    #expect(kind("inference-profile/abcdefghij12") == .applicationProfile(prefix + "inference-profile/abcdefghij12"))
    #expect(kind("provisioned-model/abc") == .provisionedModel(prefix + "provisioned-model/abc"))
    #expect(kind("custom-model-deployment/abc") == .customModelDeployment(prefix + "custom-model-deployment/abc"))
    #expect(kind("custom-model/amazon.nova-pro-v1:0/abc") == .customModel(prefix + "custom-model/amazon.nova-pro-v1:0/abc"))
    #expect(kind("imported-model/abc") == .importedModel(prefix + "imported-model/abc"))
    #expect(kind("default-prompt-router/x:1") == .promptRouter(prefix + "default-prompt-router/x:1"))
    #expect(kind("prompt/ABCDEFGHIJ:1") == .prompt(prefix + "prompt/ABCDEFGHIJ:1"))
    let endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/x"
    #expect(InvokedID(endpoint) == .marketplaceEndpoint(endpoint))
    #expect(InvokedID("my_provisioned-Model") == .name("my_provisioned-Model"))
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
