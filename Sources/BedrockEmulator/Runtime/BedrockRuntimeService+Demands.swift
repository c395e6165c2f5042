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
    input.thinking = Thinking(askedIn: body, model: model, isConverse: isConverse)
    let required = try OutputSchema.text(askedIn: body, isConverse: isConverse)
    if let tool = input.forcedTool {
      input.toolInput = SchemaInstance.toolInput(for: tool, in: body)
    } else {
      input.requiredText = required ?? PromptedSchema.text(askedIn: body)
    }
    return input
  }
}
