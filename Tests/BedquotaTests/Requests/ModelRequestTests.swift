import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import Testing

/// What a body says of its cost.
struct ModelRequestTests {
  @Test(
    arguments: [
      (#"{"inferenceConfig":{"maxTokens":7}}"#, 7), (#"{"max_tokens":7}"#, 7), (#"{"max_completion_tokens":7}"#, 7),
      (#"{"max_gen_len":7}"#, 7), (#"{"textGenerationConfig":{"maxTokenCount":7}}"#, 7), (#"{"max_tokens_to_sample":7}"#, 7),
      (#"{"inferenceConfig":{"max_new_tokens":7}}"#, 7), (#"{"max_tokens":-7}"#, 0), (#"{"max_tokens":"7"}"#, nil), ("{}", nil),
    ] as [(String, Int?)])
  func maxTokensOfEveryFamily(json: String, expected: Int?) throws {
    #expect(try ModelRequest(.invokeModel, json: Data(json.utf8)).maxTokens == expected)
  }

  @Test(arguments: ["", "[]", "7", "{", "\"x\""])
  func whatIsNoObjectIsRefused(json: String) {
    #expect(throws: BedquotaError.self) { try ModelRequest(.converse, json: Data(json.utf8)) }
  }

  @Test func theBodyOfAFamilySaysItsMaxTokens() throws {
    let ids = [
      "anthropic.claude-opus-4-7", "meta.llama3-3-70b-instruct-v1:0", "amazon.nova-pro-v1:0", "amazon.titan-text-express-v1",
      "cohere.command-r-v1:0", "cohere.command-text-v14", "mistral.mistral-7b-instruct-v0:2", "mistral.pixtral-large-2502-v1:0",
      "deepseek.r1-v1:0", "openai.gpt-oss-120b-1:0", "ai21.jamba-1-5-mini-v1:0",
    ]
    for id in ids {
      let model = try #require(ModelID(id))
      let request = try #require(ModelRequest(prompt: "Hi", invoking: model, maxTokens: 9))
      #expect(request.maxTokens == 9 && request.api == .invokeModel, "\(id)")
    }
    #expect(ModelRequest(prompt: "Hi", invoking: ModelID("amazon.titan-embed-text-v2:0")!, maxTokens: 9)?.maxTokens == nil)
    #expect(ModelRequest(prompt: "Hi", invoking: ModelID("nobody.knows-v1")!, maxTokens: 9) == nil)
  }

  /// Base64 of a picture counts as a picture.
  @Test func estimates() throws {
    #expect((300...400).contains(ModelRequest(prompt: String(repeating: "a", count: 1_000)).estimatedInputTokens))
    let picture = JSONValue.string(String(repeating: "A", count: 400_000))
    let body: JSONValue = ["messages": [["role": "user", "content": [["image": ["source": ["bytes": picture]]]]]]]
    #expect((4_784...5_000).contains(try ModelRequest(.converse, json: body.data).estimatedInputTokens))
  }
}
