import AWSServer
import AWSWire
import BedrockEmulator
import BedrockQuotas
import Testing

struct ModelFamilyTests {
  static let claude = "anthropic.claude-sonnet-4-20250514-v1:0"
  static let nova = "amazon.nova-pro-v1:0"
  static let titan = "amazon.titan-text-express-v1"
  static let llama = "meta.llama3-70b-instruct-v1:0"
  static let mistral = "mistral.mistral-7b-instruct-v0:2"
  static let pixtral = "mistral.pixtral-large-2502-v1:0"
  static let commandR = "cohere.command-r-plus-v1:0"
  static let command = "cohere.command-text-v14"
  static let deepSeek = "deepseek.r1-v1:0"
  static let gptOSS = "openai.gpt-oss-20b-1:0"

  func family(_ id: String) throws -> (any ModelFamily, ModelID) {
    let model = try #require(ModelID(id))
    return (try #require(ModelFamilies.family(of: model), "\(id) has no family"), model)
  }

  func input(_ id: String, _ body: String) throws -> InvocationInput {
    let (family, model) = try family(id)
    return try family.input(from: JSONValue(Array(body.utf8)), model: model)
  }

  func completion(
    _ id: String, _ stop: StopReason = .endTurn, text: String = "the sun and", tool: String? = nil,
    work: InvocationInput.Work = .text
  ) throws -> Completion {
    Completion(
      model: try #require(ModelID(id)), id: "abcdefghijklmnopqrstuvwx",
      input: InvocationInput(work: work, inputTokens: 9, forcedTool: tool), text: tool == nil ? text : "",
      tokens: TokenCounts(input: 4, cacheRead: 3, cacheWrite: 2, output: 3), stop: stop, seed: 7, createdAt: 1_700_000_000,
      latencyMilliseconds: 15, firstTokenMilliseconds: 5)
  }

  // MARK: requests

  /// A body of one text, and where its maximum of tokens and its stop sequences stand.
  static let bodies: [(id: String, body: String)] = [
    (
      claude,
      #"{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 7, "stop_sequences": ["x"], "messages": [{"role": "user", "content": "TEXT"}]}"#
    ),
    (
      claude,
      #"{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 7, "stop_sequences": ["x"], "messages": [{"role": "user", "content": [{"type": "text", "text": "TEXT"}]}]}"#
    ),
    (
      nova,
      #"{"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": [{"text": "TEXT"}]}], "inferenceConfig": {"maxTokens": 7, "stopSequences": ["x"]}}"#
    ),
    (
      nova,
      #"{"messages": [{"role": "user", "content": [{"text": "TEXT"}]}], "inferenceConfig": {"max_new_tokens": 7, "stopSequences": ["x"]}}"#
    ),
    (
      titan,
      #"{"inputText": "TEXT", "textGenerationConfig": {"maxTokenCount": 7, "stopSequences": ["x"], "topP": 1, "temperature": 0.5}}"#
    ),
    (mistral, #"{"prompt": "TEXT", "max_tokens": 7, "stop": ["x"]}"#),
    (commandR, #"{"message": "TEXT", "max_tokens": 7, "stop_sequences": ["x"]}"#),
    (command, #"{"prompt": "TEXT", "max_tokens": 7, "stop_sequences": ["x"], "stream": true}"#),
    (deepSeek, #"{"prompt": "TEXT", "max_tokens": 7, "stop": "x"}"#),
    (gptOSS, #"{"messages": [{"role": "user", "content": "TEXT"}], "max_completion_tokens": 7, "max_tokens": 9, "stop": "x"}"#),
    (
      pixtral,
      #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "TEXT"}]}], "max_tokens": 7, "stop": ["x"], "top_p": null}"#
    ),
  ]

  @Test(arguments: bodies)
  func readsTokensMaximumAndStopSequences(id: String, body: String) throws {
    for (text, tokens) in [("abcd", 1), ("abcde", 2), (String(repeating: "ü", count: 200), 100)] {
      let input = try input(id, body.replacing("TEXT", with: text))
      #expect(input == InvocationInput(inputTokens: tokens, maxTokens: 7, stopSequences: ["x"]))
    }
  }

  @Test func llamaHasNoStopSequences() throws {
    #expect(
      try input(Self.llama, #"{"prompt": "12345678", "max_gen_len": 7, "temperature": 0.5}"#)
        == InvocationInput(inputTokens: 2, maxTokens: 7))
    #expect(try input(Self.llama, #"{"prompt": ""}"#) == InvocationInput(inputTokens: 1))
  }

  /// Bytes of all parts are added up before they become tokens.
  @Test(arguments: [
    // 2 + 1 + 1 bytes
    (#""system": "ab", "messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]"#, 1),
    (#""messages": [{"role": "user", "content": [{"type": "text", "text": "ab"}, {"type": "text", "text": "cd"}]}]"#, 1),
    (#""messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "data": "AAAA"}}]}]"#, 1_568),
    // Twelve digits with padding are eight bytes.
    (
      #""messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "base64", "data": "AAAAAAAAAAA="}}]}]"#,
      2
    ),
    (#""messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "text", "data": "abcd"}}]}]"#, 1),
    (
      #""messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "i", "name": "t", "input": {}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "i", "content": [{"type": "text", "text": "abcd"}]}]}]"#,
      2
    ),
    // {"name":"t","input_schema":{}} is 30 bytes.
    (#""tools": [{"name": "t", "input_schema": {}}], "messages": [{"role": "user", "content": "ab"}]"#, 8),
  ])
  func countsWhatClaudeSees(members: String, tokens: Int) throws {
    let body = #"{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1, "# + members + "}"
    #expect(try input(Self.claude, body).inputTokens == tokens)
  }

  @Test func findsCachePointsOfClaude() throws {
    func points(_ system: String, _ question: String) throws -> [CachePoint] {
      try input(
        Self.claude,
        """
        {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1,
         "tools": [{"name": "t", "input_schema": {}, "cache_control": {"type": "ephemeral"}}],
         "system": [{"type": "text", "text": "\(system)", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
         "messages": [{"role": "user", "content": [
           {"type": "text", "text": "\(question)", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "?"}]}]}
        """
      ).cachePoints
    }
    let first = try points("ab", "abcd")
    let second = try points("ab", "efgh")
    let third = try points("cd", "abcd")
    #expect(first.map(\.tokens) == [8, 8, 9])
    #expect(second[..<2] == first[..<2] && second[2].prefixHash != first[2].prefixHash)
    #expect(third[0] == first[0] && third[1].prefixHash != first[1].prefixHash && third[2].prefixHash != first[2].prefixHash)
  }

  @Test func findsCachePointsOfNova() throws {
    let input = try input(
      Self.nova,
      """
      {"system": [{"text": "abcd"}, {"cachePoint": {"type": "default"}}],
       "messages": [{"role": "user", "content": [{"text": "abcd"}, {"cachePoint": {"type": "default"}}, {"text": "abcd"}]}]}
      """)
    #expect(input.cachePoints.map(\.tokens) == [1, 2] && input.inputTokens == 3 && input.maxTokens == nil)
  }

  @Test(arguments: [
    (claude, #"{"type": "any"}"#, "a"), (claude, #"{"type": "tool", "name": "b"}"#, "b"), (claude, #"{"type": "auto"}"#, nil),
    (gptOSS, #""required""#, "a"), (gptOSS, #"{"type": "function", "function": {"name": "b"}}"#, "b"), (gptOSS, #""auto""#, nil),
    (nova, #"{"any": {}}"#, "a"), (nova, #"{"tool": {"name": "b"}}"#, "b"), (nova, #"{"auto": {}}"#, nil),
  ])
  func findsTheForcedTool(id: String, choice: String, tool: String?) throws {
    let body =
      switch id {
      case Self.claude:
        #"{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}], "tools": [{"name": "a", "input_schema": {}}, {"name": "b", "input_schema": {}}], "tool_choice": CHOICE}"#
      case Self.nova:
        #"{"messages": [{"role": "user", "content": [{"text": "x"}]}], "toolConfig": {"tools": [{"toolSpec": {"name": "a"}}, {"toolSpec": {"name": "b"}}], "toolChoice": CHOICE}}"#
      default:
        #"{"messages": [{"role": "user", "content": "x"}], "tools": [{"type": "function", "function": {"name": "a"}}, {"type": "function", "function": {"name": "b"}}], "tool_choice": CHOICE}"#
      }
    #expect(try input(id, body.replacing("CHOICE", with: choice)).forcedTool == tool)
  }

  // MARK: malformed requests

  static let wrapped = #"{"anthropic_version": "bedrock-2023-05-31", "#

  static let malformed: [(id: String, body: String, problem: String)] = [
    (claude, "[]", "#: expected type: JSONObject, found: JSONArray"),
    (claude, wrapped + #""max_tokens": 1}"#, "#: required key [messages] not found"),
    (claude, wrapped + #""messages": []}"#, "#: required key [max_tokens] not found"),
    (claude, #"{"max_tokens": 1, "messages": []}"#, "#: required key [anthropic_version] not found"),
    (claude, wrapped + #""max_tokens": 1, "messages": [], "model": "x"}"#, "#: extraneous key [model] is not permitted"),
    (
      claude, #"{"prompt": "x"}"#,
      "#: required key [anthropic_version] not found#: required key [max_tokens] not found#: required key [messages] not found"
        + "#: extraneous key [prompt] is not permitted"
    ),
    (claude, wrapped + #""max_tokens": 1, "messages": "x"}"#, "#/messages: expected type: JSONArray, found: String"),
    (claude, wrapped + #""max_tokens": 1, "messages": null}"#, "#/messages: expected type: JSONArray, found: Null"),
    (claude, wrapped + #""max_tokens": "1", "messages": []}"#, "#/max_tokens: expected type: Integer, found: String"),
    (claude, wrapped + #""max_tokens": 0.5, "messages": []}"#, "#/max_tokens: expected type: Integer, found: BigDecimal"),
    (claude, wrapped + #""max_tokens": true, "messages": []}"#, "#/max_tokens: expected type: Integer, found: Boolean"),
    (claude, wrapped + #""max_tokens": 1e300, "messages": []}"#, "#/max_tokens: 1e+300 is not less or equal to 2147483647"),
    (
      claude, wrapped + #""max_tokens": 4294967296, "messages": []}"#,
      "#/max_tokens: 4294967296 is not less or equal to 2147483647"
    ),
    (
      claude, wrapped + #""max_tokens": 1, "messages": [{"role": "user", "content": 5}]}"#,
      "#/messages/0/content: expected type: JSONArray, found: Integer"
    ),
    (
      claude, wrapped + #""max_tokens": 1, "messages": ["x"]}"#, "#/messages/0: expected type: JSONObject, found: String"
    ),
    (nova, "{}", "#: required key [messages] not found"),
    (nova, #"{"messages": []}"#, "#/messages: expected minimum item count: 1, found: 0"),
    (
      nova, #"{"messages": [{"role": "user", "content": []}], "max_tokens": 1}"#,
      "#: extraneous key [max_tokens] is not permitted"
    ),
    (nova, #"{"messages": [{"role": "user", "content": "x"}]}"#, "#/messages/0/content: expected type: JSONArray, found: String"),
    (nova, #"{"messages": [{"role": "system", "content": []}]}"#, "#/messages/0/role: system is not a valid enum value"),
    (
      nova, #"{"messages": [{"role": "user", "content": []}], "inferenceConfig": {"maxTokens": -1}}"#,
      "#/inferenceConfig/maxTokens: -1 is not greater or equal to 1"
    ),
    (
      nova, #"{"messages": [{"role": "user", "content": []}], "inferenceConfig": {"max_tokens": 1}}"#,
      "#/inferenceConfig: extraneous key [max_tokens] is not permitted"
    ),
    (
      nova, #"{"messages": [{"role": "user", "content": []}], "inferenceConfig": {"temperature": 1.5}}"#,
      "#/inferenceConfig/temperature: 1.5 is not less or equal to 1"
    ),
    (
      titan, #"{"inputText": "x", "textGenerationConfig": {"topP": -0.5}}"#,
      "#/textGenerationConfig/topP: -0.5 is not greater or equal to 0"
    ),
    (llama, #"{"prompt": "x", "temperature": 2}"#, "#/temperature: 2 is not less or equal to 1"),
    (llama, #"{"prompt": "x", "top_p": "1"}"#, "#/top_p: expected type: Number, found: String"),
    (titan, #"{"inputText": ""}"#, "#/inputText: expected minLength: 1, actual: 0"),
    (titan, #"{"prompt": "x", "inputText": "x"}"#, "#: extraneous key [prompt] is not permitted"),
    (
      titan, #"{"inputText": "x", "textGenerationConfig": {"maxTokenCount": 0}}"#,
      "#/textGenerationConfig/maxTokenCount: 0 is not greater or equal to 1"
    ),
    (
      titan, #"{"inputText": "x", "textGenerationConfig": {"max": 0}}"#,
      "#/textGenerationConfig: extraneous key [max] is not permitted"
    ),
    (llama, #"{"prompt": "x", "max_tokens": 1}"#, "#: extraneous key [max_tokens] is not permitted"),
    (
      llama, #"{"prompt": "x", "max_gen_len": -9223372036854775808}"#,
      "#/max_gen_len: -9.223372036854776e+18 is not greater or equal to -2147483648"
    ),
    (mistral, #"{"max_tokens": 1}"#, "#: required key [prompt] not found"),
    (mistral, #"{"prompt": {}}"#, "#/prompt: expected type: String, found: JSONObject"),
    (commandR, #"{"prompt": "x", "message": "x"}"#, "#: extraneous key [prompt] is not permitted"),
    (command, #"{"prompt": "x", "max_tokens": 0.5}"#, "#/max_tokens: expected type: Integer, found: BigDecimal"),
    (deepSeek, "{}", "#: required key [prompt] not found"),
    (gptOSS, "{}", "#: required key [messages] not found"),
    (gptOSS, #"{"messages": []}"#, "#/messages: expected minimum item count: 1, found: 0"),
    (
      gptOSS, #"{"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}"#,
      "#/max_tokens: 0 is not greater or equal to 1"
    ),
    ("amazon.titan-embed-text-v1", #"{"inputText": "x", "dimensions": 256}"#, "#: extraneous key [dimensions] is not permitted"),
    (
      "amazon.titan-embed-text-v2:0", #"{"inputText": "x", "dimensions": 1536}"#,
      "#/dimensions: 1536 is not a valid enum value"
    ),
    ("cohere.embed-english-v3", #"{"texts": ["x"]}"#, "#: required key [input_type] not found"),
    ("cohere.embed-english-v3", #"{"input_type": "search_query"}"#, "#: required key [texts] not found"),
    (
      "cohere.embed-english-v3", #"{"texts": [], "input_type": "search_query"}"#,
      "#/texts: expected minimum item count: 1, found: 0"
    ),
    (
      "cohere.embed-english-v3", #"{"texts": ["x"], "input_type": "search"}"#, "#/input_type: search is not a valid enum value"
    ),
  ]

  @Test(arguments: malformed)
  func malformedRequestsAreToldInBedrocksWords(id: String, body: String, problem: String) {
    let message = "Malformed input request: \(problem), please reformat your input and try again."
    #expect(throws: AWSFault(code: "ValidationException", message: message)) { try input(id, body) }
  }

  @Test(arguments: [
    (#""max_tokens": 0, "messages": []"#, "max_tokens: must be greater than or equal to 1"),
    (#""max_tokens": 1, "messages": []"#, "messages: at least one message is required"),
    (
      #""max_tokens": 1, "messages": [{"role": "assistant", "content": "x"}]"#,
      #"messages: first message must use the "user" role"#
    ),
    (
      #""max_tokens": 1, "messages": [{"role": "system", "content": "x"}]"#,
      #"messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role."#
    ),
    (
      #""max_tokens": 1, "messages": [{"role": "user", "content": ""}]"#,
      "messages.0: all messages must have non-empty content except for the optional final assistant message"
    ),
    (
      #""max_tokens": 1, "messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]"#,
      "messages: text content blocks must be non-empty"
    ),
    (
      #""max_tokens": 1, "messages": [{"role": "user", "content": [{"text": "x"}]}]"#, "messages.0.content.0.type: Field required"
    ),
    (
      #""max_tokens": 1, "messages": [{"role": "user", "content": "x"}], "tool_choice": {"type": "any"}"#,
      "tool_choice: tool_choice may only be specified while providing tools."
    ),
  ])
  func claudeItselfRefuses(members: String, message: String) {
    #expect(throws: AWSFault(code: "ValidationException", message: message)) {
      try input(Self.claude, Self.wrapped + members + "}")
    }
  }

  @Test func newerParametersOfClaudeAreLetThrough() throws {
    let body =
      Self.wrapped
      + #""max_tokens": 1, "messages": [{"role": "user", "content": "x"}, {"role": "user", "content": "y"}], "anthropic_beta": ["b"], "thinking": {"type": "enabled", "budget_tokens": 1024}, "context_management": {}, "output_config": {"effort": "low"}, "output_format": {}, "metadata": {}, "top_k": 1, "temperature": 1, "top_p": 0.5, "amazon-bedrock-guardrailConfig": {"tagSuffix": "x"}}"#
    #expect(try input(Self.claude, body) == InvocationInput(inputTokens: 1, maxTokens: 1))
  }

  /// Whatever stands in whatever place, there is an input that makes sense, or a ValidationException.
  @Test(
    arguments: bodies + [
      (
        claude,
        wrapped
          + #""max_tokens": 1, "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}], "tools": [{"name": "t", "input_schema": {}}], "tool_choice": {"type": "tool", "name": "t"}, "messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "base64", "data": "AA=="}, "title": "t"}, {"type": "image", "source": {"data": "AA=="}}, {"type": "tool_result", "tool_use_id": "i", "content": [{"type": "text", "text": "x"}]}]}, {"role": "assistant", "content": [{"type": "tool_use", "id": "i", "name": "n", "input": {}}, {"type": "thinking", "thinking": "x"}, {"type": "new", "x": 1}]}]}"#
      ),
      (
        gptOSS,
        #"{"messages": [{"role": "assistant", "reasoning_content": "x", "content": [{"type": "image_url", "image_url": {"url": "x"}}], "tool_calls": [{"function": {"name": "t", "arguments": "{}"}}]}], "tools": [{"type": "function", "function": {"name": "t"}}], "tool_choice": {"type": "function", "function": {"name": "t"}}, "service_tier": "flex"}"#
      ),
      (
        commandR,
        #"{"message": "x", "chat_history": [{"role": "USER", "message": "x"}], "documents": [{"title": "x"}], "tools": [{}], "tool_results": [{}], "preamble": "x"}"#
      ),
      (llama, #"{"prompt": "x", "max_gen_len": 1, "images": ["AA=="]}"#),
      (
        "cohere.embed-v4:0",
        #"{"texts": ["x"], "images": ["x"], "inputs": [{"content": [{"type": "text", "text": "x"}]}], "input_type": "image", "embedding_types": ["int8"], "output_dimension": 256}"#
      ),
      ("amazon.titan-embed-text-v2:0", #"{"inputText": "x", "dimensions": 256, "embeddingTypes": ["float", "binary"]}"#),
      (
        "amazon.titan-embed-image-v1",
        #"{"inputText": "x", "inputImage": "AA==", "embeddingConfig": {"outputEmbeddingLength": 256}}"#
      ),
    ])
  func oddValuesAreReadOrRefused(id: String, body: String) throws {
    let (family, model) = try family(id)
    _ = try family.input(from: JSONValue(Array(body.utf8)), model: model)
    for variant in variants(of: try JSONValue(Array(body.utf8))) {
      do throws(AWSFault) {
        let input = try family.input(from: variant, model: model)
        #expect(input.inputTokens >= 1 && input.maxTokens ?? 1 >= 1)
        guard case .embeddings(let count, let dimensions) = input.work else { continue }
        #expect((1...96).contains(count) && (1...1_536).contains(dimensions))
      } catch {
        #expect(error.code == "ValidationException", "\(String(decoding: variant.data, as: UTF8.self))")
      }
    }
  }

  @Test func deepBodiesDoNotTrap() throws {
    let depth = 250
    let deep = String(repeating: #"{"a":["#, count: depth) + String(repeating: "]}", count: depth)
    let tool = Self.wrapped + #""max_tokens": 1, "messages": [{"role": "user", "content": "x"}], "tools": [\#(deep)]}"#
    #expect(try input(Self.claude, tool).inputTokens > depth)
    #expect(throws: AWSFault.self) { try input(Self.nova, #"{"messages": \#(deep)}"#) }
  }

  // MARK: ids

  @Test(arguments: [
    ("amazon.nova-canvas-v1:0", false, false), ("amazon.nova-2-sonic-v1:0", false, false),
    ("amazon.nova-reel-v1:1", false, false),
    ("amazon.nova-2-multimodal-embeddings-v1:0", true, false), ("amazon.nova-pro-v1:0:300k", true, true),
    ("amazon.titan-embed-image-v1", true, false), ("amazon.titan-image-generator-v2:0", false, false),
    ("amazon.titan-tg1-large", true, true), ("amazon.titan-embed-g1-text-02", true, false), ("amazon.rerank-v1:0", false, false),
    ("cohere.rerank-v3-5:0", false, false), ("cohere.embed-multilingual-v3", true, false),
    ("cohere.command-light-text-v14", true, true),
    ("stability.stable-image-inpaint-v1:0", false, false), ("luma.ray-v2:0", false, false),
    ("twelvelabs.pegasus-1-2-v1:0", false, false), ("ai21.jamba-1-5-large-v1:0", true, true), ("ai21.j2-ultra-v1", false, true),
    ("moonshotai.kimi-k2.5", true, true), ("google.gemma-3-27b-it", true, true), ("deepseek.v3.2", true, true),
    ("mistral.mixtral-8x7b-instruct-v0:1", true, true), ("writer.palmyra-x5-v1:0", true, true),
    ("nobody.thing-v1:0", false, true),
  ])
  func idsTellTheFamily(id: String, hasFamily: Bool, supportsConverse: Bool) throws {
    let model = try #require(ModelID(id))
    #expect((ModelFamilies.family(of: model) != nil) == hasFamily)
    #expect(ModelFamilies.supportsConverse(model) == supportsConverse)
  }
}
