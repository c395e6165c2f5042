import AWSWire
import Testing

@testable import Bedquota

/// What of a body counts as input.
struct InputSizeTests {
  @Test(
    arguments: [
      ("{}", 0, 1, 0, 16), (#"{"text":"four"}"#, 4, 1, 0, 17), (#"{"a":[1,true,null]}"#, 6, 1, 0, 18),
      (#"{"a":{"b":{}}}"#, 0, 3, 0, 32),
      (#"{"bytes":"short"}"#, 5, 1, 0, 17), (#"{"bytes":"\#(String(repeating: "A", count: 513))"}"#, 0, 1, 1, 1_616),
      (#"{"data":"\#(String(repeating: "A", count: 512))"}"#, 512, 1, 0, 186),
    ])
  func isMeasured(json: String, bytes: Int, blocks: Int, attachments: Int, tokens: Int) throws {
    let size = InputSize(try JSONValue(Array(json.utf8)))
    #expect(size.bytes == bytes && size.blocks == blocks && size.attachments == attachments)
    #expect(size.estimatedTokens == tokens)
  }
}
