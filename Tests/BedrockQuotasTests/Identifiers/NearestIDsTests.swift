import BedrockQuotas
import Testing

struct NearestIDsTests {
  private static let account = [
    "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0", "cohere.rerank-v3-5:0",
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.deepseek.r1-v1:0",
  ]

  @Test(arguments: [
    ("us.amazon.nova-pro-v1", "us.amazon.nova-pro-v1:0"), ("us.amazon.nova-pro", "us.amazon.nova-pro-v1:0"),
    ("us.amazon.nova-prp-v1:0", "us.amazon.nova-pro-v1:0"), ("us.amazon.nvoa-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    ("us.amzon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"), ("eu.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    ("uss.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"), ("us.amazon.nova-pro-v2:0", "us.amazon.nova-pro-v1:0"),
    ("amazon.nova-pro-v1", "amazon.nova-pro-v1:0"), ("nova-pro", "amazon.nova-pro-v1:0"),
    ("us.anthropic.claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("us.anthropic.claude-sonnet-4-5-20250930-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("gobal.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("cohere.rerank-v3.5:0", "cohere.rerank-v3-5:0"), ("us.deepseek.r1-v1", "us.deepseek.r1-v1:0"),
    ("arn:aws:bedrock:us-east-1:999999999999:inference-profile/us.amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0"),
  ])
  func theNearestComesFirst(text: String, nearest: String) {
    #expect(NearestIDs(Self.account)(text).first == nearest)
  }

  @Test(arguments: ["acme.rocket-9-v1:0", "us.acme.rocket-9", "x", "arn:aws:bedrock:us-east-1:999999999999:imported-model/zxcv"])
  func nothingIsNear(text: String) { #expect(NearestIDs(Self.account)(text).isEmpty) }

  @Test func neverTheTextItself() {
    for id in Self.account { #expect(!NearestIDs(Self.account)(id).contains(id)) }
    #expect(NearestIDs([])("us.amazon.nova-pro-v1").isEmpty)
  }

  @Test func atMostSoMany() {
    let many = (1...9).map { "us.acme.rocket-\($0)" }
    #expect(NearestIDs(many)("us.acme.rocket-").count == 3 && NearestIDs(many)("us.acme.rocket-", limit: 5).count == 5)
  }

  @Test func aLongTextIsCutAndCompared() {
    #expect(NearestIDs(Self.account)(String(repeating: "a", count: 2_048)).isEmpty)
  }
}
