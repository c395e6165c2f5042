import AWSServer
import AWSWire
import BedrockQuotas

/// Amazon Titan's embedding models.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and …-titan-embed-mm.html
struct TitanEmbeddingsFamily: EmbeddingFamily {
  enum Form {
    case textV1
    case textV2
    case image
  }

  let form: Form

  private static let lengthMax = 50_000

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    var prompt = PromptCounter()
    var types: [String] = []
    let dimensions: Int
    switch form {
    case .textV1:
      try body.check(required: ["inputText"], allowed: ["inputText"])
      dimensions = 1_536
    case .textV2:
      try body.check(required: ["inputText"], allowed: ["inputText", "dimensions", "normalize", "embeddingTypes"])
      dimensions = try body["dimensions"]?.integer(among: [256, 512, 1_024]) ?? 1_024
      for type in try body["embeddingTypes"]?.elements() ?? [] { types.append(try type.string(among: ["float", "binary"])) }
    case .image:
      let inputs = body["inputImage"] == nil ? ["inputText"] : []
      try body.check(required: inputs, allowed: ["inputText", "inputImage", "embeddingConfig"])
      let config = try body["embeddingConfig"]?.object()
      dimensions = try config?["outputEmbeddingLength"]?.integer(among: [256, 384, 1_024]) ?? 1_024
      if let image = body["inputImage"] { prompt.addImage(try image.string()) }
    }
    if let text = body["inputText"] { prompt.add(try sound(text)) }
    var input = prompt.input(maxTokens: nil)
    input.work = .embeddings(count: 1, dimensions: dimensions)
    input.embeddingTypes = types
    return input
  }

  private func sound(_ text: BodyReader) throws(AWSFault) -> String {
    let string = try text.string()
    // Bedrock counts characters, which takes time; the count of bytes is a quick check.
    guard !string.isEmpty else { throw text.malformed("expected minLength: 1, actual: 0") }
    guard string.utf8.count <= Self.lengthMax || string.utf16.count <= Self.lengthMax else {
      throw text.malformed("expected maxLength: \(Self.lengthMax), actual: \(string.utf16.count)")
    }
    return string
  }

  func reply(_ completion: Completion) -> JSONValue {
    let vector = completion.vectors().first ?? []
    let count = JSONValue.integer(completion.tokens.allInput)
    switch form {
    case .textV1: return ["embedding": JSONValue(vector), "inputTextTokenCount": count]
    case .image: return ["embedding": JSONValue(vector), "inputTextTokenCount": count, "message": nil]
    case .textV2:
      let types = completion.input.embeddingTypes.isEmpty ? ["float"] : completion.input.embeddingTypes
      let byType = types.map { type in
        // One number per component, while Cohere packs eight into one.
        JSONValue.Member(type, type == "binary" ? JSONValue(vector.map { $0 > 0 ? 1 : 0 }) : JSONValue(vector))
      }
      let members: [JSONValue.Member] = types.contains("float") ? [.init("embedding", JSONValue(vector))] : []
      return .object(members + [.init("embeddingsByType", .object(byType)), .init("inputTextTokenCount", count)])
    }
  }
}

extension BodyReader {
  func integer(among values: [Int]) throws(AWSFault) -> Int {
    let integer = try integer()
    guard values.contains(integer) else { throw malformed("\(integer) is not a valid enum value") }
    return integer
  }
}
