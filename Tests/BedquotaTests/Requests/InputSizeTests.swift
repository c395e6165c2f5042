import AWSWire
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// What of a body counts as input.
struct InputSizeTests {
  private static let picture = MediaBodies.png(1_000, 750)

  @Test(
    arguments: [
      ("{}", 0, 1, 0, 16), (#"{"text":"four"}"#, 4, 1, 0, 17), (#"{"a":[1,true,null]}"#, 6, 1, 0, 18),
      (#"{"a":{"b":{}}}"#, 0, 3, 0, 32), (#"{"bytes":"short"}"#, 5, 1, 0, 17),
      (#"{"data":"\#(String(repeating: "A", count: 512))"}"#, 512, 1, 0, 186),
    ])
  func isMeasured(json: String, bytes: Int, blocks: Int, media: Int, tokens: Int) throws {
    let size = InputSize(try JSONValue(Array(json.utf8)))
    #expect(size.bytes == bytes && size.blocks == blocks && size.mediaCount == media)
    #expect(size.estimatedTokens == tokens)
  }

  /// Every family's way to carry a picture: one medium, and no text but names.
  @Test(
    arguments: [
      #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"P"}}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"image":{"format":"png","source":{"bytes":"P"}}}]}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"P"}}},{"cachePoint":{"type":"default"}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"guardContent":{"image":{"format":"png","source":{"bytes":"P"}}}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"P"}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"P"}}]}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,P"}}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":"data:image/png;base64,P"}]}]}"#,
      #"{"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,P"}]}]}"#,
      #"{"inputText":"a cat","inputImage":"P"}"#, #"{"inputImage":"P","embeddingConfig":{"outputEmbeddingLength":1024}}"#,
      #"{"input_type":"image","images":["data:image/png;base64,P"]}"#,
      #"{"input_type":"search_document","inputs":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,P"}}]}]}"#,
      #"{"prompt":"what is it?","images":["P"]}"#, #"{"image":"P","prompt":"a cat"}"#,
      #"{"taskType":"IMAGE_VARIATION","imageVariationParams":{"images":["P"],"text":"a cat"}}"#,
      #"{"taskType":"INPAINTING","inPaintingParams":{"image":"P","maskPrompt":"a cat"}}"#,
      #"{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"image":{"format":"png","source":{"bytes":"P"}}}}"#,
      #"{"inputType":"image","image":{"mediaSource":{"base64String":"P"}}}"#,
      #"{"inputType":"image","mediaSource":{"base64String":"P"}}"#, #"{"nobody":{"knows":"data:image/png;base64,P"}}"#,
      #"{"bytes":"P"}"#,
    ])
  func aPictureIsNoText(json: String) throws {
    let body = try JSONValue(
      Array(
        json.replacingOccurrences(of: "\"P\"", with: "\"\(Self.picture)\"")
          .replacingOccurrences(of: "base64,P", with: "base64,\(Self.picture)").utf8))
    let size = InputSize(body, Facts.builtIn.mediaCost(of: ModelID("anthropic.claude-3-haiku-20240307-v1:0")))
    #expect(size.mediaCount == 1 && size.mediaTokens == 1_000 && size.bytes < 200)
  }

  /// What a request only names counts as the most that it can be.
  @Test(
    arguments: [
      #"{"image":{"format":"png","source":{"s3Location":{"uri":"s3://bucket/a.png","bucketOwner":"123456789012"}}}}"#,
      #"{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}"#,
      #"{"type":"image","source":{"type":"file","file_id":"file_011"}}"#,
      #"{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}"#,
      #"{"type":"input_image","image_url":"https://example.com/a.png"}"#,
    ])
  func aPictureElsewhere(block: String) throws {
    let size = InputSize(
      try JSONValue(Array(block.utf8)), Facts.builtIn.mediaCost(of: ModelID("anthropic.claude-opus-4-7")))
    #expect(size.mediaCount == 1 && size.mediaTokens == 4_784)
  }

  /// Text stays text, however it looks.
  @Test(
    arguments: [
      #"{"messages":[{"role":"user","content":[{"text":"P"}]}]}"#, #"{"messages":[{"role":"user","content":"P"}]}"#,
      #"{"prompt":"P"}"#, #"{"inputText":"P"}"#, #"{"texts":["P"]}"#, #"{"system":"P"}"#, #"{"message":"P"}"#,
      #"{"messages":[{"role":"user","content":[{"text":"data:image/png;base64,P"}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"P"}]}]}"#,
      #"{"content":[{"toolUse":{"toolUseId":"t","name":"n","input":{"image":"P"}}}]}"#,
      #"{"content":[{"type":"tool_use","id":"t","name":"n","input":{"data":"P"}}]}"#,
      #"{"content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"bytes":"P"}}]}}]}"#,
      #"{"tools":[{"toolSpec":{"inputSchema":{"json":{"data":"P"}}}}]}"#,
      #"{"content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"P"}}]}"#,
      #"{"content":[{"document":{"format":"txt","name":"d","source":{"text":"P"}}}]}"#,
    ])
  func textIsText(json: String) throws {
    let text = String(repeating: "QUJD", count: 1_000)
    let size = InputSize(
      try JSONValue(
        Array(
          json.replacingOccurrences(of: "\"P\"", with: "\"\(text)\"")
            .replacingOccurrences(of: "base64,P", with: "base64,\(text)").utf8)))
    #expect(size.mediaCount == 0 && (4_000...4_200).contains(size.bytes))
  }

  /// A picture that is too large for the quota as text fits as a picture.
  @Test func aPictureOfTwoMegabytesForTitan() throws {
    let picture = MediaBodies.jpeg(2_048, 2_048, bytes: 1_500_000)
    let size = InputSize(
      ["inputImage": .string(picture)], Facts.builtIn.mediaCost(of: ModelID("amazon.titan-embed-image-v1")))
    #expect(size.estimatedTokens < 10_000)
  }
}
