import AWSWire
import BedrockQuotas

/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html and, for
/// `thinking`, …/claude-messages-extended-thinking.html
extension AnthropicFamily {
  func reply(_ completion: Completion) -> JSONValue {
    .object(
      message(completion) + [
        .init("content", .array(completion.blocks.map { block($0, completion) })),
        .init("stop_reason", completion.stopWord), .init("stop_sequence", stopSequence(completion)),
        .init("usage", .object(usage(completion, output: completion.tokens.output) + outputDetails(completion))),
      ])
  }

  func opening(_ completion: Completion) -> [JSONValue] {
    let message = JSONValue.object(
      message(completion) + [
        .init("content", []), .init("stop_reason", nil), .init("stop_sequence", nil),
        .init("usage", .object(usage(completion, output: min(1, completion.tokens.output)))),
      ])
    return [["type": "message_start", "message": message]]
  }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] {
    let empty: ReplyBlock =
      switch block {
      case .reasoning: .reasoning(.init(text: "", tokens: 0, signature: ""))
      case .text: .text("")
      case .toolUse(let name, _): .toolUse(name: name, input: [:])
      }
    let start: JSONValue = [
      "type": "content_block_start", "index": .integer(index), "content_block": self.block(empty, completion),
    ]
    guard case .toolUse(_, let input) = block else { return [start] }
    return [start, delta(["type": "input_json_delta", "partial_json": .string(input.text)], at: index)]
  }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    delta(["type": "text_delta", "text": .string(String(text))], at: completion.textIndex)
  }

  func reasoningPiece(_ text: Substring, _ completion: Completion) -> JSONValue? {
    delta(["type": "thinking_delta", "thinking": .string(String(text))], at: 0)
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] {
    let stop: JSONValue = ["type": "content_block_stop", "index": .integer(index)]
    guard case .reasoning(let reasoning) = block else { return [stop] }
    return [delta(["type": "signature_delta", "signature": .string(reasoning.signature ?? "")], at: index), stop]
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [
      [
        "type": "message_delta", "delta": ["stop_reason": completion.stopWord, "stop_sequence": stopSequence(completion)],
        "usage": .object([.init("output_tokens", .integer(completion.tokens.output))] + outputDetails(completion)),
      ],
      ["type": "message_stop"],
    ]
  }

  private func message(_ completion: Completion) -> [JSONValue.Member] {
    [
      .init("model", .string(name(of: completion.model))), .init("id", .string("msg_bdrk_\(completion.id)")),
      .init("type", "message"), .init("role", "assistant"),
    ]
  }

  /// Anthropic's own name of the model, without provider and revision: `claude-3-5-sonnet-20241022`.
  private func name(of model: ModelID) -> String {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1).prefix { $0 != ":" }
    guard let hyphen = name.lastIndex(of: "-") else { return String(name) }
    let revision = name[hyphen...].dropFirst()
    let isRevision = revision.first == "v" && revision.count > 1 && revision.dropFirst().allSatisfy(\.isNumber)
    return String(isRevision ? name[..<hyphen] : name)
  }

  private func block(_ block: ReplyBlock, _ completion: Completion) -> JSONValue {
    switch block {
    case .reasoning(let reasoning):
      ["type": "thinking", "thinking": .string(reasoning.text), "signature": .string(reasoning.signature ?? "")]
    case .text(let text): ["type": "text", "text": .string(text)]
    case .toolUse(let name, let input):
      ["type": "tool_use", "id": .string("toolu_bdrk_\(completion.id)"), "name": .string(name), "input": input]
    }
  }

  private func stopSequence(_ completion: Completion) -> JSONValue {
    if case .stopSequence(let sequence) = completion.stop { .string(sequence) } else { nil }
  }

  private func usage(_ completion: Completion, output: Int) -> [JSONValue.Member] {
    [
      .init("input_tokens", .integer(completion.tokens.input)),
      .init("cache_creation_input_tokens", .integer(completion.tokens.cacheWrite)),
      .init("cache_read_input_tokens", .integer(completion.tokens.cacheRead)), .init("output_tokens", .integer(output)),
    ]
  }

  private func outputDetails(_ completion: Completion) -> [JSONValue.Member] {
    guard countsThinking else { return [] }
    return [.init("output_tokens_details", ["thinking_tokens": .integer(completion.reasoning?.tokens ?? 0)])]
  }

  private func delta(_ delta: JSONValue, at index: Int) -> JSONValue {
    ["type": "content_block_delta", "index": .integer(index), "delta": delta]
  }
}
