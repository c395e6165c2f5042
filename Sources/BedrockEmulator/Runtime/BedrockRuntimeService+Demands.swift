import AWSServer
import AWSWire
import BedrockQuotas

extension BedrockRuntimeService {
  /// Adds what the request demands of the reply: the call of a tool, reasoning, JSON of a schema.
  func withDemands(
    _ input: InvocationInput, _ body: JSONValue, _ model: ModelID, isConverse: Bool
  ) throws(AWSFault) -> InvocationInput {
    guard input.work == .text else { return input }
    var input = input
    input.demand(
      Thinking(askedIn: body, model: model, isConverse: isConverse),
      text: try OutputSchema.text(askedIn: body, isConverse: isConverse), in: body)
    return input
  }
}

extension InvocationInput {
  /// Adds what a request demands of the reply.
  /// - Parameters:
  ///   - text: the JSON that structured output asks for; nil for none.
  ///   - body: has the tools, and a system prompt and messages that may show a schema.
  mutating func demand(_ thinking: Thinking?, text: String?, in body: JSONValue) {
    self.thinking = thinking
    if let tool = forcedTool {
      toolInput = SchemaInstance.toolInput(for: tool, in: body)
    } else {
      requiredText = text ?? PromptedSchema.text(askedIn: body)
    }
  }
}
