import AWSServer
import AWSWire
import BedrockQuotas

/// Cohere's Embed 3 and 4.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html and …-embed-v4.html
struct CohereEmbedFamily: EmbeddingFamily {
  let isV4: Bool

  private static let types = ["float", "int8", "uint8", "binary", "ubinary"]
  private static let inputsMax = 96

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    let keys: Set = ["texts", "images", "input_type", "truncate", "embedding_types"]
    let isElsewhere = body["images"] != nil || (isV4 && body["inputs"] != nil)
    try body.check(
      required: isElsewhere ? ["input_type"] : ["texts", "input_type"],
      allowed: isV4 ? keys.union(["inputs", "output_dimension", "max_tokens"]) : keys)
    _ = try body.required("input_type").string(
      among: ["search_document", "search_query", "classification", "clustering", "image"])
    var prompt = PromptCounter()
    let count = try add(body, to: &prompt)
    var types: [String] = []
    for type in try body["embedding_types"]?.elements() ?? [] { types.append(try type.string(among: Self.types)) }
    var input = prompt.input(maxTokens: nil)
    input.work = .embeddings(count: count, dimensions: try dimensions(in: body))
    input.embeddingTypes = types
    return input
  }

  private func dimensions(in body: BodyReader) throws(AWSFault) -> Int {
    guard isV4 else { return 1_024 }
    return try body["output_dimension"]?.integer(among: [256, 512, 1_024, 1_536]) ?? 1_536
  }

  /// - Returns: the number of vectors.
  private func add(_ body: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) -> Int {
    var count = 0
    for name in isV4 ? ["texts", "images", "inputs"] : ["texts", "images"] {
      guard let list = body[name] else { continue }
      let elements = try list.elements()
      guard !elements.isEmpty else { throw list.malformed("expected minimum item count: 1, found: 0") }
      let most = name == "images" && !isV4 ? 1 : Self.inputsMax
      guard elements.count <= most else {
        throw list.malformed("expected maximum item count: \(most), found: \(elements.count)")
      }
      for element in elements { try add(element, of: name, to: &prompt) }
      count += elements.count
    }
    return count
  }

  private func add(_ element: BodyReader, of list: String, to prompt: inout PromptCounter) throws(AWSFault) {
    switch list {
    case "texts":
      let text = try element.string()
      guard isV4 || text.utf8.count <= 2_048 || text.utf16.count <= 2_048 else {
        throw element.malformed("expected maxLength: 2048, actual: \(text.utf16.count)")
      }
      prompt.add(text)
    case "images": prompt.addImage(try element.string())
    default:
      for part in try element.required("content").elements() {
        if let text = part["text"] { prompt.add(try text.string()) }
        if let image = part["image_url"] { prompt.addImage(image.value.text) }
      }
    }
  }

  func reply(_ completion: Completion) -> JSONValue {
    let vectors = completion.vectors()
    let types = completion.input.embeddingTypes
    let embeddings: JSONValue =
      types.isEmpty
      ? .array(vectors.map { JSONValue($0) })
      : .object(types.map { type in .init(type, .array(vectors.map { EmbeddingType.encode($0, as: type) })) })
    // Cohere also repeats the texts. They aren't kept here, and its clients don't need them.
    return [
      "id": .string(completion.uuid()), "response_type": types.isEmpty ? "embeddings_floats" : "embeddings_by_type",
      "embeddings": embeddings,
    ]
  }
}
