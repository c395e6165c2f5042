import Testing

@testable import Gateway

struct ConfigurationValueTests {
  @Test(arguments: [
    ("500ms", Duration.milliseconds(500) as Duration?), ("30s", .seconds(30)), ("10m", .seconds(600)), ("1.5h", .seconds(5_400)),
    ("30d", .seconds(2_592_000)), ("31d", nil), ("10", nil), ("10 m", nil), ("-1s", nil), ("s", nil), ("", nil), ("1e3s", nil),
    ("9999999999999999999999h", nil), ("1.s", nil), ("١s", nil),
  ])
  func durations(text: String, expected: Duration?) { #expect(ConfigurationValue.duration(text) == expected) }

  @Test(arguments: [
    ("512MB", 512_000_000 as Int?), ("64kB", 64_000), ("64KB", 64_000), ("1GiB", 1_073_741_824), ("100", 100),
    ("1.5MB", 1_500_000),
    ("1.5", nil), ("2000GB", nil), ("5mb", nil), ("5TB", nil), ("0x10", nil),
  ])
  func sizes(text: String, expected: Int?) { #expect(ConfigurationValue.size(text) == expected) }

  @Test(arguments: [
    ("50M", 50_000_000 as Int?), ("10k", 10_000), ("2.5G", 2_500_000_000), ("1_000", 1_000), ("1000T", 1_000_000_000_000_000),
    ("1001T", nil), ("0.5", nil), ("10m", nil), ("_1", nil), ("inf", nil), ("nan", nil),
  ])
  func counts(text: String, expected: Int?) { #expect(ConfigurationValue.count(text) == expected) }

  @Test(arguments: [
    ("127.0.0.1:4000", "127.0.0.1" as String?, true), ("localhost:1", "localhost", true), ("[::1]:80", "::1", true),
    ("[::]:80", "::", false), ("0.0.0.0:0", "0.0.0.0", false), ("gateway.example:443", "gateway.example", false),
    ("::1:80", nil, false), ("127.0.0.1", nil, false), (":80", nil, false), ("[127.0.0.1]:80", nil, false),
    ("127.0.0.1:65536", nil, false), ("127.0.0.1:+80", nil, false), ("http://127.0.0.1:80", nil, false), ("a b:80", nil, false),
  ])
  func addresses(text: String, host: String?, isLoopback: Bool) {
    let address = ListenAddress(text)
    #expect(address?.host == host)
    #expect(address.map { $0.isLoopback == isLoopback } ?? true)
    #expect(address.map { $0.description == text } ?? true)
  }

  @Test(arguments: [
    ("us-east-1", true), ("us-gov-west-1", true), ("eusc-de-east-1", true), ("ap-southeast-7", true), ("us-iso-east-1", true),
    ("", false), ("us-east", false), ("us-east-1.evil.com", false), ("us-east-1/", false), ("US-EAST-1", false),
    ("us--east-1", false), ("us-east-100", false), ("a-a-a-a-a-1", false), ("us-east-1@x", false), ("us-e1st-1", false),
    ("localhost", false), ("us-east-१", false),
  ])
  func regions(text: String, isValid: Bool) { #expect(RegionName.isValid(text) == isValid) }

  @Test(arguments: [
    ("us.amazon.*", "us.amazon.nova-lite-v1:0", true), ("us.amazon.*", "us.anthropic.claude-opus-4-8", false),
    ("us.amazon.*", "eu.us.amazon.nova", false), ("*", "anything", true), ("*claude*opus*", "us.anthropic.claude-opus-4-8", true),
    ("*claude*opus", "us.anthropic.claude-opus-4-8", false), ("a*b*c", "abbbbc", true), ("a*b*c", "abbbb", false),
    ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", true), ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:00", false),
    ("us.amazon.*", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0", true),
    ("amazon.*", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", true),
    // The owner of an application profile or a deployment names it, so its name proves nothing.
    ("amazon.*", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/amazon.nova", false),
    ("amazon.*", "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/x/amazon.nova", false),
    (
      "arn:aws:bedrock:*:123456789012:application-inference-profile/*",
      "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x1", true
    ),
    ("a", "", false), ("*", "", true),
  ])
  func patterns(pattern: String, id: String, matches: Bool) throws {
    #expect(try #require(ModelPattern(pattern)).matches(id) == matches)
  }

  @Test(arguments: ["", "a b", "a?", "*********", "ä"]) func patternsThatAreNone(text: String) {
    #expect(ModelPattern(text) == nil)
  }

  @Test func aHeaderMayLowerAPriorityOnly() {
    #expect(CallerPriority.normal.lowered(by: "low") == .low)
    #expect(CallerPriority.normal.lowered(by: "high") == .normal)
    #expect(CallerPriority.low.lowered(by: "high") == .low)
    #expect(CallerPriority.high.lowered(by: "x") == .high)
    #expect(CallerPriority.high.lowered(by: nil) == .high)
    #expect(CallerPriority.high.lowered(by: "normal", tier: "flex") == .low)
    #expect(CallerPriority.low.lowered(by: nil, tier: "priority") == .low)
    #expect(CallerPriority.allCases.map(\.tier) == [0, 1, 2])
  }
}
