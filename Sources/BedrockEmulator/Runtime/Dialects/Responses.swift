import AWSServer
import AWSWire
import BedrockQuotas

/// OpenAI's Responses API, as bedrock-runtime has it: synchronous, without server-side tools.
///
/// Sources: developers.openai.com/api/reference/resources/responses,
/// docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html
struct Responses: ReplyFormat {
  /// The model as the request names it.
  let modelID: String
  /// The request, of which the reply repeats the settings.
  let request: JSONValue
  /// Counts the events of a stream.
  var events = 0

  /// - Parameters:
  ///   - bytes: the size of the body.
  ///   - remembersReplies: whether the response can be retrieved.
  static func call(
    _ body: BodyReader, bytes: Int, modelID: String, _ target: InvocationTarget, _ store: ResponseStore,
    remembersReplies: Bool = false
  ) throws(AWSFault) -> RuntimeCall {
    try OpenAIRules.check(body, target.model)
    try refuseState(body, hasBackground: remembersReplies)
    var conversation = try previous(body, store)
    let tools = try tools(in: body)
    var prompt = PromptCounter()
    for tool in tools { prompt.add(tool.value.without("type")) }
    let automatic = CompatibleAPI.cachesPrompts(target.model)
    if let instructions = body["instructions"] {
      prompt.begin("developer")
      prompt.add(try instructions.string())
      if automatic { prompt.addAutomaticCachePoint() }
    }
    for item in conversation.items.map({ BodyReader($0, .openAI) }) + (try items(of: body.required("input"))) {
      try add(item, to: &prompt)
      if automatic { prompt.addAutomaticCachePoint() }
    }
    var input = prompt.input(
      maxTokens: try body["max_output_tokens"]?.integer(atLeast: 1), forcedTool: try forcedTool(in: body, tools))
    let tiers = ["auto", "default", "flex", "priority", "reserved"]
    if let tier = try body["service_tier"]?.string(among: tiers), tier != "auto" { input.serviceTier = tier }
    let effort = try body["reasoning"]?.object()["effort"]?.string()
    input.demand(
      effort.map { $0 != "none" } == true ? Thinking(form: .plain) : nil, text: try structured(body["text"]),
      in: promptedParts(of: body.value))
    let format = Responses(modelID: modelID, request: body.value)
    var call = RuntimeCall(
      operation: "Responses", input: input, isStream: try body["stream"]?.boolean() ?? false, format: format)
    let isAwaited = try !(body["background"]?.boolean() ?? false)
    call.isBackground = remembersReplies && !isAwaited
    let isStored = try body["store"]?.boolean() ?? true
    if call.isBackground, !isStored || call.isStream {
      throw .invalid(
        isStored
          ? "The emulator doesn't stream responses in the background; retrieve them by their id."
          : "Background responses need 'store' to be true.")
    }
    guard isStored else { return call }
    conversation.items += try items(of: body.required("input")).map(\.value)
    conversation.bytes += bytes
    conversation.response = nil
    call.onReply = { [conversation] completion in
      var conversation = conversation
      conversation.items += format.output(completion)
      conversation.bytes += completion.tokens.output * 4
      if remembersReplies {
        conversation.response = format.response(completion)
        conversation.bytes += completion.tokens.output * 4
      }
      store.keep(conversation, as: format.id(of: completion))
    }
    return call
  }

  /// What was said before, if the request goes on from an earlier response.
  private static func previous(_ body: BodyReader, _ store: ResponseStore) throws(AWSFault) -> ResponseStore.Conversation {
    guard let id = try body["previous_response_id"]?.string() else { return .init() }
    guard let found = store.conversation(id) else {
      throw .invalid("Previous response with id '\(id.prefix(100))' not found.")
    }
    return found
  }

  /// What bedrock-runtime doesn't have.
  /// - Parameter hasBackground: whether the endpoint makes responses in the background.
  private static func refuseState(_ body: BodyReader, hasBackground: Bool) throws(AWSFault) {
    for name in hasBackground ? ["conversation"] : ["background", "conversation"] {
      guard let member = body[name], member.value != .bool(false) else { continue }
      throw .invalid("Unsupported parameter: '\(name)' is not supported on this endpoint.")
    }
  }

  private static func tools(in body: BodyReader) throws(AWSFault) -> [BodyReader] {
    let tools = try body["tools"]?.elements() ?? []
    for tool in tools {
      let type = try tool.required("type").string()
      guard type != "function", type != "custom" else { continue }
      throw .invalid("Tool type '\(type.prefix(50))' is not supported on this endpoint.")
    }
    return tools
  }

  private static func forcedTool(in body: BodyReader, _ tools: [BodyReader]) throws(AWSFault) -> String? {
    guard let choice = body["tool_choice"] else { return nil }
    let names = tools.compactMap { $0.value["name"]?.string }
    if let word = choice.value.string { return word == "required" ? names.first : nil }
    switch try choice.required("type").string() {
    case "function", "custom":
      let name = try choice.required("name").string()
      guard names.contains(name) else { throw .invalid("Tool choice '\(name.prefix(64))' not found in 'tools' parameter.") }
      return name
    case "allowed_tools":
      guard choice.value["mode"]?.string == "required" else { return nil }
      return choice.value["tools"]?.array?.first?["name"]?.string
    default: return nil
    }
  }

  /// The text of structured output; nil if the request asks for none.
  private static func structured(_ text: BodyReader?) throws(AWSFault) -> String? {
    guard let format = try text?.object()["format"]?.object() else { return nil }
    switch try format.required("type").string() {
    case "json_schema": return SchemaInstance.least(of: try format.required("schema").object().value).text
    case "json_object": return "{}"
    default: return nil
    }
  }

  /// The request's tools and texts, as other APIs have them.
  private static func promptedParts(of body: JSONValue) -> JSONValue {
    let messages = body["input"]?.array ?? [["role": "user", "content": body["input"] ?? nil]]
    return ["tools": body["tools"] ?? nil, "system": body["instructions"] ?? nil, "messages": .array(messages)]
  }
}

// MARK: - Input

extension Responses {
  /// The items of an input, which may be one text of the user.
  private static func items(of input: BodyReader) throws(AWSFault) -> [BodyReader] {
    guard input.value.string != nil else { return try input.elements() }
    return [BodyReader(["role": "user", "content": input.value], .openAI)]
  }

  private static func add(_ item: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    switch try item.object()["type"]?.string() ?? "message" {
    case "message":
      prompt.begin(try item.required("role").string())
      try add(content: item.required("content"), to: &prompt)
    case "function_call", "custom_tool_call":
      prompt.begin("function_call")
      prompt.add(try item.required("name").string())
      prompt.add(try (item["arguments"] ?? item["input"])?.string() ?? "")
    case "function_call_output", "custom_tool_call_output":
      prompt.begin("function_call_output")
      try add(content: item.required("output"), to: &prompt)
    case "reasoning":
      prompt.begin("reasoning")
      for part in try item["summary"]?.elements() ?? [] { prompt.add(try part.required("text").string()) }
    case "item_reference":
      let id = try item.required("id").string()
      throw .invalid("Item with id '\(id.prefix(100))' not found.")
    default:
      // Kinds that are new count as text.
      prompt.begin("item")
      prompt.add(item.value.without("type"))
    }
  }

  /// Adds a string or a list of parts.
  private static func add(content: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    if let text = content.value.string { return prompt.add(text) }
    for part in try content.elements() {
      try part.object()
      if let text = part["text"] ?? part["refusal"] {
        prompt.add(try text.string())
      } else if let picture = part["image_url"] ?? part["file_id"] {
        prompt.addImage(try picture.string())
      } else if let file = try part["file_data"]?.string() {
        // A data URL, or only its base64.
        prompt.addDocument(base64: String(file.split(separator: ",", maxSplits: 1).last ?? ""))
      } else {
        prompt.add(part.value.without("type"))
      }
    }
  }
}
