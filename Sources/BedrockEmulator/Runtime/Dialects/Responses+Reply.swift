import AWSServer
import AWSWire

extension Responses {
  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse {
    .json(response(completion, tellsUsage: tellsUsage).data)
  }

  /// The object of a reply that hasn't begun.
  func queued(_ completion: Completion) -> JSONValue { response(completion, status: "queued", tellsUsage: false) }

  /// The whole object of a reply that has ended.
  func response(_ completion: Completion, tellsUsage: Bool = true) -> JSONValue {
    response(completion, status: Self.status(of: completion), tellsUsage: tellsUsage)
  }

  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)] { ServerSentEvent.headers }

  mutating func opening(_ completion: Completion) -> [UInt8] {
    let response = response(completion, status: "in_progress", tellsUsage: false)
    return event("response.created", ["response": response]) + event("response.in_progress", ["response": response])
  }

  mutating func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    let place = Self.place(of: block, at: index, completion)
    let bytes = event(
      "response.output_item.added",
      ["output_index": .integer(index), "item": item(block, status: "in_progress", isEmpty: true, completion)])
    switch block {
    case .text: return bytes + event("response.content_part.added", place, ["content_index": 0, "part": Self.part("")])
    case .reasoning:
      guard showsSummary else { return bytes }
      return bytes + event("response.reasoning_summary_part.added", place, ["summary_index": 0, "part": Self.summary("")])
    case .toolUse(_, let input):
      let arguments = JSONValue.string(input.text)
      return bytes + event("response.function_call_arguments.delta", place, ["delta": arguments])
        + event("response.function_call_arguments.done", place, ["arguments": arguments])
    }
  }

  mutating func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8] {
    let delta = JSONValue.string(String(piece.text))
    let block = completion.blocks[piece.index]
    let place = Self.place(of: block, at: piece.index, completion)
    guard piece.isReasoning else {
      return event("response.output_text.delta", place, ["content_index": 0, "delta": delta, "logprobs": []])
    }
    return showsSummary ? event("response.reasoning_summary_text.delta", place, ["summary_index": 0, "delta": delta]) : []
  }

  mutating func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    let place = Self.place(of: block, at: index, completion)
    var bytes: [UInt8] = []
    switch block {
    case .text(let text):
      bytes += event("response.output_text.done", place, ["content_index": 0, "text": .string(text), "logprobs": []])
      bytes += event("response.content_part.done", place, ["content_index": 0, "part": Self.part(text)])
    case .reasoning(let reasoning) where showsSummary:
      bytes += event("response.reasoning_summary_text.done", place, ["summary_index": 0, "text": .string(reasoning.text)])
      bytes += event("response.reasoning_summary_part.done", place, ["summary_index": 0, "part": Self.summary(reasoning.text)])
    case .reasoning, .toolUse: break
    }
    let status = Self.status(of: block, at: index, completion)
    return bytes
      + event("response.output_item.done", ["output_index": .integer(index), "item": item(block, status: status, completion)])
  }

  mutating func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8] {
    let status = Self.status(of: completion)
    return event("response.\(status)", ["response": response(completion, status: status, tellsUsage: tellsUsage)])
  }

  mutating func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8] {
    let isThrottling = exception.reply.status == 429
    let error: JSONValue = [
      "code": isThrottling ? "rate_limit_exceeded" : "server_error", "message": .string(exception.message),
    ]
    return event("response.failed", ["response": response(completion, status: "failed", tellsUsage: false, error: error)])
  }

  /// An event with the members of these objects.
  private mutating func event(_ type: String, _ parts: JSONValue...) -> [UInt8] {
    defer { events += 1 }
    let head: [JSONValue.Member] = [.init("type", .string(type)), .init("sequence_number", .integer(events))]
    return ServerSentEvent.encode(type, .object(head + parts.flatMap { $0.members ?? [] }))
  }
}

// MARK: - Parts

extension Responses {
  /// Whether the request asks for a summary of the reasoning, which is all that is shown of it.
  private var showsSummary: Bool { request["reasoning"]?["summary"]?.string != nil }

  private static func status(of completion: Completion) -> String { completion.stop == .maxTokens ? "incomplete" : "completed" }

  /// Only the last block can be cut.
  private static func status(of block: ReplyBlock, at index: Int, _ completion: Completion) -> String {
    index == completion.blocks.count - 1 ? status(of: completion) : "completed"
  }

  private static func place(of block: ReplyBlock, at index: Int, _ completion: Completion) -> JSONValue {
    ["item_id": id(of: block, completion), "output_index": .integer(index)]
  }

  private static func id(of block: ReplyBlock, _ completion: Completion) -> JSONValue {
    switch block {
    case .reasoning: .string("rs_\(completion.id)")
    case .text: .string("msg_\(completion.id)")
    case .toolUse: .string("fc_\(completion.id)")
    }
  }

  /// - Parameter isEmpty: whether the stream has only begun it.
  private func item(_ block: ReplyBlock, status: String, isEmpty: Bool = false, _ completion: Completion) -> JSONValue {
    let id = Self.id(of: block, completion)
    switch block {
    case .reasoning(let reasoning):
      return ["id": id, "type": "reasoning", "summary": showsSummary && !isEmpty ? [Self.summary(reasoning.text)] : []]
    case .text(let text):
      return [
        "id": id, "type": "message", "status": .string(status), "role": "assistant", "content": isEmpty ? [] : [Self.part(text)],
      ]
    case .toolUse(let name, let input):
      return [
        "id": id, "type": "function_call", "status": .string(status), "arguments": .string(isEmpty ? "" : input.text),
        "call_id": .string("call_\(completion.id)"), "name": .string(name),
      ]
    }
  }

  func id(of completion: Completion) -> String { "resp_\(completion.id)" }

  /// The items of a whole reply.
  func output(_ completion: Completion) -> [JSONValue] {
    completion.blocks.enumerated().map { item($1, status: Self.status(of: $1, at: $0, completion), completion) }
  }

  /// The whole object, which also opens and closes a stream.
  private func response(
    _ completion: Completion, status: String, tellsUsage: Bool, error: JSONValue = nil
  ) -> JSONValue {
    let isOver = status == "completed" || status == "incomplete"
    let items = isOver ? output(completion) : []
    let details: JSONValue = status == "incomplete" ? ["reason": "max_output_tokens"] : nil
    let own: [JSONValue.Member] = [
      .init("id", .string(id(of: completion))), .init("object", "response"),
      .init("created_at", .integer(completion.createdAt)), .init("status", .string(status)), .init("error", error),
      .init("incomplete_details", details), .init("model", .string(modelID)), .init("output", .array(items)),
      .init("usage", tellsUsage && isOver ? Self.usage(completion) : nil),
      .init("service_tier", .string(completion.input.serviceTier ?? "default")),
    ]
    return .object(own + Self.settings.map { .init($0.name, request[$0.name] ?? $0.value) })
  }

  /// The settings that a reply repeats, with what they are without a request for another value.
  private static let settings: [JSONValue.Member] = [
    .init("background", false), .init("instructions", nil), .init("max_output_tokens", nil), .init("metadata", [:]),
    .init("parallel_tool_calls", true), .init("previous_response_id", nil), .init("reasoning", ["effort": nil, "summary": nil]),
    .init("store", true), .init("temperature", 1.0), .init("text", ["format": ["type": "text"]]), .init("tool_choice", "auto"),
    .init("tools", []), .init("top_p", 1.0), .init("truncation", "disabled"),
  ]

  private static func part(_ text: String) -> JSONValue {
    ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
  }

  private static func summary(_ text: String) -> JSONValue { ["type": "summary_text", "text": .string(text)] }

  private static func usage(_ completion: Completion) -> JSONValue {
    let tokens = completion.tokens
    return [
      "input_tokens": .integer(tokens.allInput),
      "input_tokens_details": [
        "cached_tokens": .integer(tokens.cacheRead), "cache_write_tokens": .integer(tokens.cacheWrite),
      ],
      "output_tokens": .integer(tokens.output),
      "output_tokens_details": ["reasoning_tokens": .integer(completion.reasoning?.tokens ?? 0)],
      "total_tokens": .integer(tokens.allInput + tokens.output),
    ]
  }
}
