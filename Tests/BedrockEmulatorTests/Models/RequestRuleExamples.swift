/// Requests that break one rule each, and their nearest neighbours that don't.
enum RequestRuleExamples {
  private typealias Example = RequestRuleTests.Example

  private static let sonnet45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
  private static let opus46 = "us.anthropic.claude-opus-4-6-v1"
  private static let opus47 = "us.anthropic.claude-opus-4-7"
  private static let nova = "us.amazon.nova-pro-v1:0"
  private static let llama3 = "meta.llama3-70b-instruct-v1:0"
  private static let llama4 = "us.meta.llama4-scout-17b-instruct-v1:0"
  private static let openai = "openai.gpt-oss-20b-1:0"

  /// Models of the examples that the built-in account doesn't have.
  static let moreModels = [
    "amazon.nova-micro-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0", "mistral.mistral-7b-instruct-v0:2",
  ]

  // MARK: Parts of bodies

  private static let tools =
    #""toolConfig":{"tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object"}}}}]}"#
  private static let anyTool =
    #""toolConfig":{"tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{"any":{}}}"#
  private static let namedTool =
    #""toolConfig":{"tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object"}}}}],"toolChoice":{"tool":{"name":"w"}}}"#
  private static let use = #"{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"w","input":{}}}]}"#
  private static func result(_ id: String = "t1", _ content: String = #"[{"text":"x"}]"#, more: String = "") -> String {
    #"{"role":"user","content":[{"toolResult":{"toolUseId":"\#(id)","content":\#(content)}}\#(more)]}"#
  }

  /// A body of Converse.
  private static func converse(_ messages: [String] = [], _ members: String = "") -> String {
    let all = [#"{"role":"user","content":[{"text":"a"}]}"#] + messages
    return #"{"messages":[\#(all.joined(separator: ","))]\#(members.isEmpty ? "" : ",")\#(members)}"#
  }

  /// A body of Converse with these blocks in its one message.
  private static func blocks(_ blocks: [String]) -> String {
    #"{"messages":[{"role":"user","content":[\#(blocks.joined(separator: ","))]}]}"#
  }

  private static func picture(_ base64: String = "AAAA") -> String {
    #"{"image":{"format":"png","source":{"bytes":"\#(base64)"}}}"#
  }
  private static func document(_ name: String) -> String {
    #"{"document":{"name":"\#(name)","format":"txt","source":{"bytes":"AAAA"}}}"#
  }
  private static let question = #"{"text":"q"}"#

  private static func config(_ config: String, _ fields: String = "") -> String {
    converse([], #""inferenceConfig":{\#(config)}\#(fields.isEmpty ? "" : ",\"additionalModelRequestFields\":{\(fields)}")"#)
  }

  private static let thinking = #""thinking":{"type":"enabled","budget_tokens":1024}"#
  private static let adaptive = #""thinking":{"type":"adaptive"}"#

  /// A body of Anthropic's Messages.
  private static func anthropic(_ messages: [String] = [], _ members: String = "", maxTokens: Int = 3_000) -> String {
    let all = [#"{"role":"user","content":"a"}"#] + messages
    return
      #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":\#(maxTokens),"messages":[\#(all.joined(separator: ","))]\#(members.isEmpty ? "" : ",")\#(members)}"#
  }

  private static func toolUse(_ id: String) -> String { #"{"type":"tool_use","id":"\#(id)","name":"w","input":{}}"# }
  private static func toolResult(_ id: String) -> String { #"{"type":"tool_result","tool_use_id":"\#(id)","content":"x"}"# }
  private static func turn(_ role: String, _ blocks: String...) -> String {
    #"{"role":"\#(role)","content":[\#(blocks.joined(separator: ","))]}"#
  }
  private static func image(_ base64: String) -> String {
    #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(base64)"}}"#
  }

  /// 6,000,000 bytes in base64.
  private static let large = String(repeating: "AAAA", count: 2_000_000)
  /// The head of a PNG of 8,001 × 10 pixels, and of 2,001 × 10.
  private static let wide = "iVBORw0KGgoAAAANSUhEUgAAH0EAAAAK"
  private static let wider = "iVBORw0KGgoAAAANSUhEUgAAB9EAAAAK"

  private static let report = "The model returned the following errors: "

  // MARK: Refused

  static let refused = features + tooling + documents + pictures + conversations + thoughts + samples

  private static let features: [RequestRuleTests.Example] = [
    Example(
      "a system prompt for a model without", "mistral.mistral-7b-instruct-v0:2/converse",
      converse([], #""system":[{"text":"s"}]"#),
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages."
    ),
    Example("tools for a model without", "\(llama3)/converse", converse([], tools), "This model doesn't support tool use."),
    Example(
      "tools in a stream of a model without", "\(llama4)/converse-stream", converse([], tools),
      "This model doesn't support tool use in streaming mode."),
    Example(
      "a picture for a model without", "\(llama3)/converse", blocks([picture(), question]),
      "This model doesn't support the image content block that you provided. Update the content block and try again."),
    Example(
      "a document for a model without", "amazon.nova-micro-v1:0/converse", blocks([document("d"), question]),
      "This model doesn't support documents."),
    Example(
      "stop sequences for a model without", "\(openai)/converse", config(#""stopSequences":[]"#),
      "This model doesn't support the stopSequences field. Remove stopSequences and try again."),
    Example(
      "a temperature for a model without", "us.openai.gpt-5.6-terra/converse", config(#""temperature":0.5"#),
      "This model doesn't support the temperature field. Remove temperature and try again."),
    Example(
      "topP for a model without", "us.openai.gpt-5.6-terra/converse-stream", config(#""topP":0.5"#),
      "This model doesn't support the topP field. Remove topP and try again."),
    Example(
      "any tool for a model without", "\(llama4)/converse", converse([], anyTool),
      "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again."),
    Example(
      "a named tool for a model without", "\(llama4)/converse", converse([], namedTool),
      "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try again."),
  ]

  private static let tooling: [RequestRuleTests.Example] = [
    Example(
      "a tool's name", "\(nova)/converse", converse([], tools.replacing(#""name":"w""#, with: #""name":"a.b""#)),
      "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
    ),
    Example(
      "a tool's name", "\(nova)/converse",
      converse([], tools.replacing(#""name":"w""#, with: #""name":"\#(String(repeating: "n", count: 65))""#)),
      "1 validation error detected: Value '\(String(repeating: "n", count: 65))' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must have length less than or equal to 64"
    ),
    Example(
      "a tool's name", "\(nova)/converse", converse([], tools.replacing(#""name":"w","#, with: "")),
      "1 validation error detected: Value null at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must not be null"
    ),
    Example(
      "the name or id of a tool's use", "\(nova)/converse",
      converse([use.replacing(#""name":"w""#, with: #""name":"a b""#), result()], tools),
      "1 validation error detected: Value 'a b' at 'messages.2.member.content.1.member.toolUse.name' failed to satisfy constraint"
    ),
    Example(
      "the name or id of a tool's use", "\(nova)/converse", converse([use, result("a/b")], tools),
      "1 validation error detected: Value 'a/b' at 'messages.3.member.content.1.member.toolResult.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+"
    ),
    Example(
      "a history of tools without toolConfig", "\(nova)/converse-stream", converse([use, result()]),
      "The toolConfig field must be defined when using toolUse and toolResult content blocks."),
    Example(
      "an error of a tool without content", "\(sonnet45)/converse",
      converse([use, result("t1", #"[],"status":"error""#)], tools),
      "The content field at messages.2.content.0.toolResult cannot be empty when status value is error."),
    Example(
      "text beside a tool's result", "\(llama4)/converse", converse([use, result(more: #",{"text":"x"}"#)], tools),
      "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn."),
    Example(
      "text beside a tool's use", "\(llama4)/converse",
      converse([use.replacing("[{", with: #"[{"text":"x"},{"#), result()], tools),
      "messages.1.content: Conversation blocks and tool use blocks cannot be provided in the same turn."),
    Example(
      "more results than uses of tools", "\(sonnet45)/converse",
      converse([use, result(more: #",{"toolResult":{"toolUseId":"t2","content":[{"text":"x"}]}}"#)], tools),
      "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn."),
    Example(
      "a tool's use without a result", "\(sonnet45)/converse",
      converse([use, #"{"role":"user","content":[{"text":"b"}]}"#], tools),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1"),
    Example(
      "a tool's use without a result", "\(nova)/converse", converse([use, result("zzz")], tools),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1"),
    Example(
      "a tool_use without a result", "\(sonnet45)/invoke",
      anthropic([turn("assistant", toolUse("t1"), toolUse("t2")), #"{"role":"user","content":"b"}"#]),
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1, t2. Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    ),
    Example(
      "a result of an unknown tool_use", "\(sonnet45)/invoke",
      anthropic([#"{"role":"assistant","content":"x"}"#, turn("user", toolResult("t9"))]),
      "messages.2.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t9. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
    ),
    Example(
      "a tool_use id twice", "\(sonnet45)/invoke",
      anthropic([turn("assistant", toolUse("t1"), toolUse("t1")), turn("user", toolResult("t1"))]),
      "messages.1.content.1: `tool_use` ids must be unique"),
    Example(
      "a tool's name twice", "\(sonnet45)/invoke-with-response-stream",
      anthropic([], #""tools":[{"name":"w","input_schema":{"type":"object"}},{"name":"w","input_schema":{"type":"object"}}]"#),
      "tools: Tool names must be unique."),
    Example(
      "a guardrail that doesn't exist", "\(nova)/converse",
      converse([], #""guardrailConfig":{"guardrailIdentifier":"abc123","guardrailVersion":"1"}"#),
      "The guardrail identifier or version provided in the request does not exist."),
  ]

  private static let documents: [RequestRuleTests.Example] = [
    Example(
      "more than five documents", "\(nova)/converse", blocks((1...6).map { document("d\($0)") } + [question]),
      "You can't include more than 5 documents in a request."),
    Example(
      "two documents of a name", "\(sonnet45)/converse", blocks([document("d"), document("d"), question]),
      "Messages can't contain duplicate document names. Rename the document and retry your request."),
    Example(
      "a document without text", "\(sonnet45)/converse", blocks([document("d")]),
      "A text block must be included when using documents."),
    Example(
      "a document's name", "\(nova)/converse", blocks([document("report.txt"), question]),
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character."
    ),
    Example(
      "a document's name", "\(nova)/converse", blocks([document("a  b"), question]), "The document file name can only contain"),
  ]

  private static let pictures: [RequestRuleTests.Example] = [
    Example(
      "too many pictures", "\(sonnet45)/converse", blocks(Array(repeating: picture(), count: 21) + [question]),
      report + "too many images and documents: 21 + 0 > 20"),
    Example(
      "too many pictures", "anthropic.claude-haiku-4-5-20251001-v1:0/invoke",
      anthropic([]).replacing(
        #""content":"a""#, with: #""content":[\#(Array(repeating: image("AAAA"), count: 101).joined(separator: ","))]"#),
      "too many images and documents: 101 + 0 > 100"),
    Example(
      "a picture of more than 3.75 MiB", "\(sonnet45)/converse", blocks([question, picture(large)]),
      report + "messages.0.content.1.image.source.bytes: image exceeds 5 MB maximum: 8000000 bytes > 5242880 bytes"),
    Example(
      "a picture of more than 3.75 MiB", "\(sonnet45)/invoke",
      anthropic([]).replacing(#""content":"a""#, with: #""content":[\#(image(large))]"#),
      "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 8000000 bytes > 5242880 bytes"),
    Example(
      "a picture of more than 8,000 pixels", "\(opus47)/converse", blocks([picture(wide), question]),
      report
        + "messages.0.content.0.image.source.bytes: At least one of the image dimensions exceed max allowed size: 8000 pixels"),
    Example(
      "a picture of more than 8,000 pixels", "\(opus47)/invoke",
      anthropic([]).replacing(
        #""content":"a""#, with: #""content":[\#(Array(repeating: image(wider), count: 21).joined(separator: ","))]"#),
      "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels"
    ),
  ]

  private static let answer = #"{"role":"assistant","content":[{"text":"{ "}]}"#
  private static let conversations: [RequestRuleTests.Example] = [
    Example(
      "an unknown field for Claude", "\(sonnet45)/converse", config(#""maxTokens":5"#, #""guardrails":{}"#),
      report + "guardrails: Extra inputs are not permitted"),
    Example(
      "an unknown member of a message", "\(sonnet45)/invoke",
      anthropic([]).replacing(#""content":"a""#, with: #""id":"x","content":"a""#),
      "messages.0.id: Extra inputs are not permitted"),
    Example(
      "a prefilled reply", "\(opus47)/converse", converse([answer]),
      report + "This model does not support assistant message prefill. The conversation must end with a user message."),
    Example(
      "a prefilled reply", "\(opus46)/invoke", anthropic([#"{"role":"assistant","content":"{"}"#]),
      "This model does not support assistant message prefill."),
    Example(
      "a prefilled reply that ends in a blank", "\(sonnet45)/converse", converse([answer]),
      report + "messages: final assistant content cannot end with trailing whitespace"),
    Example(
      "a blank stop sequence", "\(sonnet45)/invoke", anthropic([], #""stop_sequences":["\n"]"#),
      "stop_sequences: each stop sequence must contain non-whitespace"),
  ]

  private static let thoughts: [RequestRuleTests.Example] = [
    Example(
      "thinking with a budget on a model that has none", "\(opus47)/converse", config(#""maxTokens":3000"#, thinking),
      report + #""thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive""#),
    Example(
      "adaptive thinking on a model without", "\(sonnet45)/invoke", anthropic([], adaptive),
      "adaptive thinking is not supported on this model"),
    Example(
      "a budget below 1,024", "\(sonnet45)/converse", config(#""maxTokens":3000"#, thinking.replacing("1024", with: "1023")),
      report + "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
    Example(
      "a budget of max_tokens or more", "\(sonnet45)/converse", config(#""maxTokens":1024"#, thinking),
      report + "`max_tokens` must be greater than `thinking.budget_tokens`."),
    Example(
      "a budget of max_tokens or more", "\(sonnet45)/invoke", anthropic([], thinking, maxTokens: 1_000),
      "`max_tokens` must be greater than `thinking.budget_tokens`."),
    Example(
      "a forced tool while thinking", "\(sonnet45)/converse-stream",
      converse([], #"\#(anyTool),"inferenceConfig":{"maxTokens":3000},"additionalModelRequestFields":{\#(thinking)}"#),
      report + "Thinking may not be enabled when tool_choice forces tool use."),
    Example(
      "a temperature while thinking", "\(sonnet45)/converse", config(#""maxTokens":3000,"temperature":0"#, thinking),
      report + "`temperature` may only be set to 1 when thinking is enabled. Please consult"),
    Example(
      "a temperature while thinking", "\(opus46)/invoke", anthropic([], #""temperature":0.5,\#(adaptive)"#),
      "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult"),
    Example(
      "top_p while thinking", "\(sonnet45)/converse", config(#""maxTokens":3000,"topP":0.9"#, thinking),
      report + "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."),
    Example(
      "top_k while thinking", "\(sonnet45)/invoke", anthropic([], #""top_k":5,\#(thinking)"#),
      "`top_k` must be unset when thinking is enabled."),
    Example(
      "a turn of tools without its thinking", "\(sonnet45)/converse",
      converse(
        [use, result()], #"\#(tools),"inferenceConfig":{"maxTokens":3000},"additionalModelRequestFields":{\#(thinking)}"#),
      report + "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`."),
    Example(
      "a turn of tools without its thinking", "\(sonnet45)/invoke", anthropic([#"{"role":"assistant","content":"x"}"#], thinking),
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`."),
  ]

  private static let samples: [RequestRuleTests.Example] = [
    Example("a temperature above 1", "\(sonnet45)/invoke", anthropic([], #""temperature":1.5"#), "temperature: range: 0..1"),
    Example(
      "a temperature for a model that chooses its own", "\(opus47)/converse", config(#""temperature":0.5"#),
      report + "`temperature` is deprecated for this model."),
    Example(
      "a temperature for a model that chooses its own", "\(opus47)/invoke", anthropic([], #""temperature":0"#),
      "`temperature` is deprecated for this model."),
    Example(
      "top_p for a model that chooses its own", "\(opus47)/converse", config(#""topP":0.9"#),
      report + "`top_p` is deprecated for this model."),
    Example(
      "top_k for a model that chooses its own", "\(opus47)/converse", config(#""maxTokens":5"#, #""top_k":5"#),
      report + "`top_k` is deprecated for this model."),
    Example(
      "temperature and top_p together", "\(sonnet45)/converse", config(#""temperature":0.5,"topP":0.5"#),
      report + "`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
    Example(
      "temperature and top_p together", "\(opus46)/invoke", anthropic([], #""temperature":0.5,"top_p":0.5"#),
      "`temperature` and `top_p` cannot both be specified for this model."),
  ]

  // MARK: Accepted

  static let accepted: [RequestRuleTests.Example] = [
    ("system", "mistral.mistral-large-2402-v1:0/converse", converse([], #""system":[{"text":"s"}]"#)),
    ("tools of Llama 4 without a stream", "\(llama4)/converse", converse([], tools)),
    ("a picture", "\(nova)/converse", blocks([picture(large), question])),
    ("a history of tools", "\(nova)/converse", converse([use, result()], tools)),
    ("text beside a result", "\(sonnet45)/converse", converse([use, result(more: #",{"text":"x"}"#)], tools)),
    ("a use at the end", "\(nova)/converse", converse([use], tools)),
    (
      "tools of Claude without tools", "\(sonnet45)/invoke",
      anthropic([turn("assistant", toolUse("t1")), turn("user", toolResult("t1"))])
    ),
    ("five documents", "\(sonnet45)/converse", blocks((1...5).map { document("a (\($0)) [b]-c") } + [question])),
    ("twenty pictures", "\(sonnet45)/converse", blocks(Array(repeating: picture(), count: 20) + [question])),
    (
      "twenty-one pictures", "\(sonnet45)/invoke",
      anthropic([]).replacing(
        #""content":"a""#, with: #""content":[\#(Array(repeating: image("AAAA"), count: 21).joined(separator: ","))]"#)
    ),
    ("2,001 pixels", "\(sonnet45)/converse", blocks([picture(wider), question])),
    ("a prefilled reply", "\(sonnet45)/converse", converse([#"{"role":"assistant","content":[{"text":"{"}]}"#])),
    ("a budget", "\(sonnet45)/converse", config(#""maxTokens":1025"#, thinking)),
    (
      "a budget for interleaved thinking", "\(sonnet45)/invoke",
      anthropic([], #""anthropic_beta":["interleaved-thinking-2025-05-14"],\#(thinking)"#, maxTokens: 100)
    ),
    ("adaptive thinking", "\(opus47)/converse", config(#""maxTokens":100"#, adaptive)),
    ("the default temperature while thinking", "\(sonnet45)/converse", config(#""maxTokens":3000,"temperature":1"#, thinking)),
    (
      "thinking, then a tool", "\(sonnet45)/converse",
      converse(
        [use.replacing("[{", with: #"[{"reasoningContent":{"reasoningText":{"text":"x","signature":"s"}}},{"#), result()],
        #"\#(tools),"inferenceConfig":{"maxTokens":3000},"additionalModelRequestFields":{\#(thinking)}"#)
    ),
    ("a temperature", "\(sonnet45)/converse", config(#""temperature":0.5"#)),
    ("both for Nova", "\(nova)/converse", config(#""temperature":0.5,"topP":0.5,"stopSequences":["x"]"#)),
    ("fields of another model", "\(nova)/converse", config(#""maxTokens":5"#, thinking)),
  ].map { Example($0.0, $0.1, $0.2, "") }
}
