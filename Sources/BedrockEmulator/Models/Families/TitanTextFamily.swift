import AWSServer
import AWSWire
import BedrockQuotas

/// Amazon Titan's text models.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
struct TitanTextFamily: ModelFamily {
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(required: ["inputText"], allowed: ["inputText", "textGenerationConfig"])
    let text = try body.required("inputText")
    guard try !text.string().isEmpty else { throw text.malformed("expected minLength: 1, actual: 0") }
    var prompt = PromptCounter()
    prompt.add(try text.string())
    let config = body["textGenerationConfig"]
    try config?.check(required: [], allowed: ["maxTokenCount", "stopSequences", "temperature", "topP"])
    for name in ["temperature", "topP"] { try config?[name]?.checkShare() }
    return prompt.input(
      maxTokens: try config?["maxTokenCount"]?.integer(atLeast: 1),
      stopSequences: try config?["stopSequences"]?.strings() ?? [])
  }

  func reply(_ completion: Completion) -> JSONValue {
    [
      "inputTextTokenCount": .integer(completion.tokens.allInput),
      "results": [
        [
          "tokenCount": .integer(completion.tokens.output), "outputText": .string(completion.text),
          "completionReason": reason(completion),
        ]
      ],
    ]
  }

  func opening(_ completion: Completion) -> [JSONValue] { [] }

  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue {
    chunk(text, total: nil, reason: nil, input: tokensBefore == 0 ? .integer(completion.tokens.allInput) : nil)
  }

  func closing(_ completion: Completion) -> [JSONValue] {
    [
      chunk(
        "", total: .integer(completion.tokens.output), reason: reason(completion), input: .integer(completion.tokens.allInput))
    ]
  }

  private func chunk(_ text: Substring, total: JSONValue, reason: JSONValue, input: JSONValue) -> JSONValue {
    [
      "outputText": .string(String(text)), "index": 0, "totalOutputTextTokenCount": total, "completionReason": reason,
      "inputTextTokenCount": input,
    ]
  }

  private func reason(_ completion: Completion) -> JSONValue {
    switch completion.stop {
    case .endTurn, .toolUse: "FINISH"
    case .maxTokens: "LENGTH"
    case .stopSequence: "STOP_CRITERIA_MET"
    }
  }
}
