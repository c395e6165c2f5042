import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// What a plan says of the requests, which depends on the model that they are for.
struct BatchPlanTests {
  private func plan(_ body: String, for model: String?) throws -> BatchPlan {
    let folder = try BatchFolder(lines: 0)
    try folder.write([#"{"recordId":"a","modelInput":\#(body)}"#])
    return try BatchPlan(reading: folder.input, for: model.flatMap { ModelID($0) })
  }

  private static let picture =
    #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"\#(MediaBodies.png(1_000, 1_000))"}}}]}],"inferenceConfig":{"maxTokens":7}}"#

  /// A million pixels: a token for 256, 500 and 750 of them.
  @Test(
    arguments: [
      (nil, 3_907), ("amazon.nova-pro-v1:0", 2_000), ("anthropic.claude-opus-4-7", 1_334),
      ("anthropic.claude-3-haiku-20240307-v1:0", 1_334),
    ] as [(String?, Int)])
  func mediaCostWhatTheModelCounts(model: String?, tokens: Int) throws {
    let input = try #require(try plan(Self.picture, for: model).averageInputTokens)
    #expect((tokens..<tokens + 80).contains(input))
  }

  /// An embedding model has no output, whatever its body says, and needs no max_tokens.
  @Test(arguments: [
    ("amazon.titan-embed-text-v2:0", #"{"inputText":"Hi"}"#), ("cohere.embed-v4:0", #"{"texts":["Hi"],"max_tokens":128000}"#),
  ])
  func anEmbeddingModelReservesItsInputAlone(model: String, body: String) throws {
    let found = try plan(body, for: model)
    #expect(found.withoutMaxTokens == 0 && found.averageMaxTokens == nil && found.averageInputTokens != nil)
  }

  /// Only the compatible APIs find their model in the body.
  @Test func bodiesOfAnotherModelAreCounted() throws {
    let folder = try BatchFolder(lines: 0)
    let bodies = [
      #"{"input":"hi"}"#, #"{"input":"hi","model":"us.m"}"#, #"{"input":"hi","model":"o"}"#, #"{"prompt":"hi","model":"p"}"#,
    ]
    try folder.write(bodies.map { #"{"modelInput":\#($0)}"# } + [#"{"custom_id":"a","params":{"model":7}}"#])
    let found = try BatchPlan(reading: folder.input, id: "us.m")
    #expect(found.otherModels == 2 && found.firstOtherModel == "o" && found.unreadable == 0)
    #expect(try BatchPlan(reading: folder.input).otherModels == 0)
  }

  /// The same body goes to InvokeModel for an embedding model, and to Converse for others.
  @Test func theModelDecidesTheForm() throws {
    let body = #"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#
    #expect(try plan(body, for: "cohere.embed-v4:0").withoutMaxTokens == 0)
    #expect(try plan(body, for: "amazon.nova-pro-v1:0").withoutMaxTokens == 1)
  }
}
