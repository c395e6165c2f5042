import BedrockEmulator
import BedrockQuotas
import Testing

struct ClaudeVersionTests {
  @Test(arguments: [
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", 3, 5, "sonnet"), ("anthropic.claude-3-haiku-20240307-v1:0", 3, 0, "haiku"),
    ("anthropic.claude-sonnet-4-20250514-v1:0", 4, 0, "sonnet"), ("anthropic.claude-opus-4-1-20250805-v1:0", 4, 1, "opus"),
    ("anthropic.claude-opus-4-6-v1", 4, 6, "opus"), ("anthropic.claude-opus-4-7", 4, 7, "opus"),
    ("anthropic.claude-opus-5", 5, 0, "opus"), ("anthropic.claude-fable-5-1", 5, 1, "fable"),
  ])
  func readsIDs(id: String, major: Int, minor: Int, family: String) throws {
    let model = try #require(ModelID(id))
    let version = try #require(ClaudeVersion(model))
    #expect(version == ClaudeVersion(major, minor) && version.family == family)
  }

  @Test(arguments: ["amazon.nova-pro-v1:0", "anthropic.claude-v2:1", "anthropic.claude-instant-v1"])
  func othersHaveNone(id: String) throws { #expect(ClaudeVersion(try #require(ModelID(id))) == nil) }

  @Test func versionsAreOrdered() {
    #expect(ClaudeVersion(4, 5) < ClaudeVersion(4, 6) && ClaudeVersion(4, 8) < ClaudeVersion(5, 0))
  }
}
