import AWSWire
import BedrockEmulator
import BedrockQuotas
import Testing

extension ModelFamilyTests {
  static let replies: [(id: String, stop: StopReason, tool: String?, reply: String)] = [
    (
      claude, .endTurn, nil,
      #"{"model":"claude-sonnet-4-20250514","id":"msg_bdrk_abcdefghijklmnopqrstuvwx","type":"message","role":"assistant","content":[{"type":"text","text":"the sun and"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":3}}"#
    ),
    (
      claude, .toolUse, "t",
      #"{"model":"claude-sonnet-4-20250514","id":"msg_bdrk_abcdefghijklmnopqrstuvwx","type":"message","role":"assistant","content":[{"type":"tool_use","id":"toolu_bdrk_abcdefghijklmnopqrstuvwx","name":"t","input":{}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":4,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":3}}"#
    ),
    (
      nova, .maxTokens, nil,
      #"{"output":{"message":{"content":[{"text":"the sun and"}],"role":"assistant"}},"stopReason":"max_tokens","usage":{"inputTokens":4,"outputTokens":3,"totalTokens":12,"cacheReadInputTokenCount":3,"cacheWriteInputTokenCount":2}}"#
    ),
    (
      titan, .stopSequence("x"), nil,
      #"{"inputTextTokenCount":9,"results":[{"tokenCount":3,"outputText":"the sun and","completionReason":"STOP_CRITERIA_MET"}]}"#
    ),
    (
      llama, .maxTokens, nil,
      #"{"generation":"the sun and","prompt_token_count":9,"generation_token_count":3,"stop_reason":"length"}"#
    ),
    (mistral, .endTurn, nil, #"{"outputs":[{"text":"the sun and","stop_reason":"stop"}]}"#),
    (deepSeek, .maxTokens, nil, #"{"choices":[{"index":0,"text":"the sun and","stop_reason":"length"}]}"#),
    (
      gptOSS, .maxTokens, nil,
      #"{"id":"chatcmpl-abcdefghijklmnopqrstuvwx","object":"chat.completion","created":1700000000,"model":"openai.gpt-oss-20b-1:0","choices":[{"index":0,"message":{"role":"assistant","content":"the sun and"},"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#
    ),
    (
      pixtral, .toolUse, "t",
      #"{"id":"chatcmpl-abcdefghijklmnopqrstuvwx","object":"chat.completion","created":1700000000,"model":"mistral.pixtral-large-2502-v1:0","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_abcdefghijklmnopqrstuvwx","type":"function","function":{"name":"t","arguments":"{}"}}]},"stop_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#
    ),
  ]

  @Test(arguments: replies)
  func repliesAsTheModelDoes(id: String, stop: StopReason, tool: String?, reply: String) throws {
    let family = try family(id).0
    #expect(try family.reply(completion(id, stop, tool: tool)) == JSONValue(Array(reply.utf8)))
  }

  @Test(arguments: [
    (StopReason.endTurn, "end_turn", JSONValue.null), (.maxTokens, "max_tokens", nil), (.stopSequence("x"), "stop_sequence", "x"),
  ])
  func claudeSaysWhyItStopped(stop: StopReason, word: String, sequence: JSONValue) throws {
    let family = try family(Self.claude).0
    let completion = try completion(Self.claude, stop)
    let reply = family.reply(completion)
    #expect(reply["stop_reason"]?.string == word && reply["stop_sequence"] == sequence)
    let delta = family.closing(completion)[0]["delta"]
    #expect(delta?["stop_reason"]?.string == word && delta?["stop_sequence"] == sequence)
  }

  @Test(arguments: [(commandR, StopReason.maxTokens, "MAX_TOKENS"), (command, .endTurn, "COMPLETE")])
  func cohereReplies(id: String, stop: StopReason, word: String) throws {
    let reply = try family(id).0.reply(completion(id, stop))
    let generation = reply["generations"]?.array?.first ?? reply
    #expect(generation["text"]?.string == "the sun and" && generation["finish_reason"]?.string == word)
    #expect((reply["response_id"] ?? reply["id"])?.string?.count == 36)
  }

  // MARK: streams

  private static func texts(in chunk: JSONValue) -> String {
    func first(_ name: String) -> JSONValue { chunk[name]?.array?.first ?? .null }
    let places = [
      chunk["delta"]?["text"], chunk["contentBlockDelta"]?["delta"]?["text"], chunk["outputText"], chunk["generation"],
      chunk["text"],
      first("outputs")["text"], first("choices")["text"], first("choices")["delta"]?["content"],
    ]
    return places.compactMap { $0?.string }.joined()
  }

  @Test(arguments: [claude, nova, titan, llama, mistral, deepSeek, gptOSS, pixtral, commandR, command])
  func piecesAreTheWholeText(id: String) throws {
    let family = try family(id).0
    #expect(family.streams)
    let completion = try completion(id)
    let pieces = [completion.text.prefix(4), completion.text.dropFirst(4)]
    let chunks =
      family.opening(completion) + [family.piece(pieces[0], tokensBefore: 0, tokens: 1, completion)]
      + [family.piece(pieces[1], tokensBefore: 1, tokens: 2, completion)] + family.closing(completion)
    #expect(chunks.map(Self.texts).joined() == completion.text)
    #expect(chunks.allSatisfy { $0.members?.isEmpty == false })
  }

  @Test(arguments: [
    (
      claude,
      [
        #"{"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":3}}"#,
        #"{"type":"message_stop"}"#,
      ]
    ),
    (
      nova,
      [
        #"{"messageStop":{"stopReason":"max_tokens"}}"#,
        #"{"metadata":{"usage":{"inputTokens":4,"outputTokens":3,"totalTokens":12,"cacheReadInputTokenCount":3,"cacheWriteInputTokenCount":2},"metrics":{},"trace":{}}}"#,
      ]
    ),
    (titan, [#"{"outputText":"","index":0,"totalOutputTextTokenCount":3,"completionReason":"LENGTH","inputTextTokenCount":9}"#]),
    (llama, [#"{"generation":"","prompt_token_count":null,"generation_token_count":3,"stop_reason":"length"}"#]),
    (mistral, [#"{"outputs":[{"text":"","stop_reason":"length"}]}"#]),
    (deepSeek, [#"{"choices":[{"index":0,"text":"","stop_reason":"length"}]}"#]),
    (
      gptOSS,
      [
        #"{"id":"chatcmpl-abcdefghijklmnopqrstuvwx","object":"chat.completion.chunk","created":1700000000,"model":"openai.gpt-oss-20b-1:0","choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#
      ]
    ),
  ])
  func streamsEndAsTheModelEndsThem(id: String, chunks: [String]) throws {
    let closing = try family(id).0.closing(completion(id, .maxTokens))
    #expect(try closing == chunks.map { try JSONValue(Array($0.utf8)) })
  }

  @Test func cohereEndsWithTheWholeReply() throws {
    let completion = try completion(Self.commandR)
    let family = try family(Self.commandR).0
    let last = try #require(family.closing(completion).last)
    #expect(last["is_finished"] == true && last["event_type"] == "stream-end" && last["finish_reason"] == "COMPLETE")
    #expect(last["response"] == family.reply(completion))
  }

  @Test(arguments: [claude, nova, gptOSS])
  func callsOfToolsComeWhole(id: String) throws {
    let completion = try completion(id, .toolUse, tool: "weather")
    let block = try #require(completion.blocks.first)
    let call = try family(id).0.start(block, at: 0, completion).map { String(decoding: $0.data, as: UTF8.self) }.joined()
    #expect(call.contains(#""name":"weather""#) && call.contains(#":"{}""#))
  }

  @Test(arguments: [
    (
      claude,
      [
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hmm"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"the sun and"}}"#,
        #"{"type":"content_block_stop","index":1}"#,
      ]
    ),
    (
      nova,
      [
        #"{"contentBlockDelta":{"delta":{"reasoningContent":{"text":"hmm"}},"contentBlockIndex":0}}"#,
        #"{"contentBlockDelta":{"delta":{"reasoningContent":{"signature":"s"}},"contentBlockIndex":0}}"#,
        #"{"contentBlockStop":{"contentBlockIndex":0}}"#,
        #"{"contentBlockDelta":{"delta":{"text":"the sun and"},"contentBlockIndex":1}}"#,
        #"{"contentBlockStop":{"contentBlockIndex":1}}"#,
      ]
    ),
  ])
  func reasoningIsABlockOfItsOwn(id: String, chunks: [String]) throws {
    let family = try family(id).0
    var completion = try completion(id)
    completion.reasoning = .init(text: "hmm", tokens: 1, signature: "s")
    let (reasoning, text) = (completion.blocks[0], completion.blocks[1])
    let stream =
      family.start(reasoning, at: 0, completion) + [try #require(family.reasoningPiece("hmm", completion))]
      + family.stop(reasoning, at: 0, completion) + family.start(text, at: 1, completion)
      + [family.piece("the sun and", tokensBefore: 1, tokens: 2, completion)] + family.stop(text, at: 1, completion)
    #expect(try stream == chunks.map { try JSONValue(Array($0.utf8)) })
  }

  // MARK: vectors

  @Test(arguments: [
    ("amazon.titan-embed-text-v1", #"{"inputText": "12345678"}"#, 1, 1_536),
    ("amazon.titan-embed-text-v2:0", #"{"inputText": "12345678"}"#, 1, 1_024),
    ("amazon.titan-embed-text-v2:0", #"{"inputText": "12345678", "dimensions": 256, "normalize": true}"#, 1, 256),
    ("amazon.titan-embed-image-v1", #"{"inputText": "12345678", "embeddingConfig": {"outputEmbeddingLength": 384}}"#, 1, 384),
    ("cohere.embed-english-v3", #"{"texts": ["1234", "5678"], "input_type": "search_document", "truncate": "END"}"#, 2, 1_024),
    ("cohere.embed-v4:0", #"{"texts": ["1234", "5678"], "input_type": "search_document"}"#, 2, 1_536),
    (
      "amazon.nova-2-multimodal-embeddings-v1:0",
      #"{"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": {"embeddingPurpose": "CLASSIFICATION", "embeddingDimension": 384, "text": {"truncationMode": "NONE", "value": "12345678"}}}"#,
      1, 384
    ),
    (
      "cohere.embed-v4:0",
      #"{"inputs": [{"content": [{"type": "text", "text": "12345678"}]}], "input_type": "clustering", "output_dimension": 512, "max_tokens": 9}"#,
      1, 512
    ),
  ])
  func readsRequestsForVectors(id: String, body: String, count: Int, dimensions: Int) throws {
    let input = try input(id, body)
    #expect(input.work == .embeddings(count: count, dimensions: dimensions) && input.inputTokens == 2)
    #expect(try !family(id).0.streams)
  }

  @Test func vectorsHaveLengthOneAndComeBackTheSame() throws {
    let family = try family("cohere.embed-english-v3").0
    let completion = try completion("cohere.embed-english-v3", work: .embeddings(count: 3, dimensions: 1_024))
    let vectors = try #require(family.reply(completion)["embeddings"]?.array).map { try #require($0.array).compactMap(\.double) }
    #expect(vectors.count == 3 && vectors[0] != vectors[1] && vectors.allSatisfy { $0.count == 1_024 })
    for vector in vectors { #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5) }
    #expect(family.reply(completion) == family.reply(completion))
  }

  @Test func vectorsComeInTheTypesAskedFor() throws {
    let (family, model) = try family("cohere.embed-v4:0")
    var completion = try completion("cohere.embed-v4:0")
    let body = #"{"texts": ["x"], "input_type": "search_query", "embedding_types": ["float", "int8", "ubinary"]}"#
    completion.input = try family.input(from: JSONValue(Array(body.utf8)), model: model)
    let reply = family.reply(completion)
    #expect(reply["response_type"] == "embeddings_by_type")
    #expect(reply["embeddings"]?["float"]?.array?.first?.array?.count == 1_536)
    let bytes = try #require(reply["embeddings"]?["int8"]?.array?.first?.array).compactMap(\.integer)
    #expect(bytes.count == 1_536 && bytes.allSatisfy { (-128...127).contains($0) } && Set(bytes).count > 100)
    let signs = try #require(reply["embeddings"]?["ubinary"]?.array?.first?.array).compactMap(\.integer)
    #expect(signs.count == 192 && signs.allSatisfy { (0...255).contains($0) })
  }

  @Test func titanRepliesWithItsVectorByTypeToo() throws {
    let id = "amazon.titan-embed-text-v2:0"
    let reply = try family(id).0.reply(completion(id, work: .embeddings(count: 1, dimensions: 256)))
    #expect(reply["embedding"]?.array?.count == 256 && reply["embeddingsByType"]?["float"] == reply["embedding"])
    #expect(reply["inputTextTokenCount"] == 9)
  }
}
