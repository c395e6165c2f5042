import AWSWire
import BedrockQuotas
import Testing

@testable import Bedquota

/// The most that a request can use, whatever its reply says.
struct UsageBoundTests {
  private let bound = UsageBound(inputMax: 100, outputMax: 10)

  @Test func anAllowedUsageStaysAsItIs() {
    let usage = TokenUsage(input: 60, output: 10, cacheRead: 30, cacheWrite: 10)
    #expect(bound.bounded(usage) == (usage, false))
  }

  @Test(
    arguments: [
      (TokenUsage(input: 1, output: 11), TokenUsage(input: 1, output: 10)),
      (TokenUsage(input: 101, output: 1), TokenUsage(input: 100, output: 1)),
      (TokenUsage(input: 60, output: 1, cacheRead: 60, cacheWrite: 60), TokenUsage(input: 60, output: 1, cacheWrite: 40)),
      (TokenUsage(input: .max, output: .max, cacheRead: .max, cacheWrite: .max), TokenUsage(input: 100, output: 10)),
    ])
  func whatIsMoreIsCut(usage: TokenUsage, expected: TokenUsage) { #expect(bound.bounded(usage) == (expected, true)) }

  @Test func theBodyBoundsTheInput() {
    let request = ModelRequest(prompt: "How are you?", maxTokens: 7)
    var resolution = Resolution(
      id: "amazon.nova-pro-v1:0", modelID: ModelID("amazon.nova-pro-v1:0"), scope: .onDemand, status: .unknown)
    resolution.contextWindow = 300_000
    let bound = UsageBound(InputSize(request.body), of: request, resolution)
    #expect(bound.outputMax == 7 && (4_000...5_000).contains(bound.inputMax))
    // A picture's tokens are the model's matter, up to its context window.
    let picture = JSONValue.object([.init("image", ["source": ["s3Location": ["uri": "s3://bucket/picture.png"]]])])
    let size = InputSize(["messages": [["content": .array([picture])]]])
    #expect(UsageBound(size, of: request, resolution).inputMax == 300_000)
  }

  @Test func anEmbeddingModelHasNoOutput() {
    let model = ModelID("amazon.titan-embed-text-v2:0")
    let resolution = Resolution(id: "amazon.titan-embed-text-v2:0", modelID: model, scope: .onDemand, status: .unknown)
    let request = ModelRequest(.invokeModel, body: ["inputText": "Hi"])
    #expect(UsageBound(InputSize(request.body), of: request, resolution).outputMax == 0)
  }
}
