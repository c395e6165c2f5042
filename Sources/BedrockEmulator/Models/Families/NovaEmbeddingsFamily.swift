import AWSServer
import AWSWire
import BedrockQuotas

/// Amazon Nova Multimodal Embeddings, one vector for one text, image, video or sound.
///
/// Source: docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
struct NovaEmbeddingsFamily: EmbeddingFamily {
  private static let purposes = [
    "GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "VIDEO_RETRIEVAL", "DOCUMENT_RETRIEVAL",
    "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING",
  ]
  private static let formats = [
    "image": ["png", "jpeg", "gif", "webp"], "audio": ["mp3", "wav", "ogg"],
    "video": ["mp4", "mov", "mkv", "webm", "flv", "mpeg", "mpg", "wmv", "3gp"],
  ]
  /// The longest text in a request, in characters.
  private static let lengthMax = 8_192

  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput {
    let body = BodyReader(body, .schema)
    try body.check(
      required: ["taskType", "singleEmbeddingParams"], allowed: ["schemaVersion", "taskType", "singleEmbeddingParams"])
    _ = try body["schemaVersion"]?.string(among: ["nova-multimodal-embed-v1"])
    _ = try body.required("taskType").string(among: ["SINGLE_EMBEDDING"])
    let parameters = try body.required("singleEmbeddingParams")
    try parameters.check(
      required: ["embeddingPurpose"],
      allowed: ["embeddingPurpose", "embeddingDimension", "text", "image", "audio", "video"])
    _ = try parameters.required("embeddingPurpose").string(among: Self.purposes)
    let dimensions = try parameters["embeddingDimension"]?.integer(among: [256, 384, 1_024, 3_072]) ?? 3_072
    let kinds = ["text", "image", "audio", "video"].filter { parameters[$0] != nil }
    guard let kind = kinds.first, kinds.count == 1 else {
      throw parameters.malformed("exactly one of [text, image, audio, video] is required, found: \(kinds.count)")
    }
    var prompt = PromptCounter()
    let content = try parameters.required(kind)
    let types = try add(content, kind, to: &prompt)
    var input = prompt.input(maxTokens: nil)
    input.work = .embeddings(count: types.count, dimensions: dimensions)
    input.embeddingTypes = types
    return input
  }

  /// - Returns: the type of each vector of the reply.
  private func add(_ content: BodyReader, _ kind: String, to prompt: inout PromptCounter) throws(AWSFault) -> [String] {
    guard kind != "text" else {
      try add(text: content, to: &prompt)
      return ["TEXT"]
    }
    let extra = ["image": "detailLevel", "video": "embeddingMode"][kind]
    let required = ["format", "source"] + (kind == "video" ? ["embeddingMode"] : [])
    try content.check(required: required, allowed: Set(["format", "source"] + (extra.map { [$0] } ?? [])))
    _ = try content.required("format").string(among: Self.formats[kind] ?? [])
    _ = try content["detailLevel"]?.string(among: ["STANDARD_IMAGE", "DOCUMENT_IMAGE"])
    // Videos and sounds count as images: their tokens depend on their length, which only a decoder could find.
    prompt.addImage(try source(content.required("source")))
    let mode = try content["embeddingMode"]?.string(among: ["AUDIO_VIDEO_COMBINED", "AUDIO_VIDEO_SEPARATE"])
    return mode == "AUDIO_VIDEO_SEPARATE" ? ["VIDEO", "AUDIO"] : [mode ?? kind.uppercased()]
  }

  private func add(text: BodyReader, to prompt: inout PromptCounter) throws(AWSFault) {
    try text.check(required: ["truncationMode"], allowed: ["truncationMode", "value", "source"])
    let mode = try text.required("truncationMode").string(among: ["START", "END", "NONE"])
    guard let value = text["value"] else {
      prompt.begin(try source(text.required("source")))
      return
    }
    let string = try value.string()
    guard !string.isEmpty else { throw value.malformed("expected minLength: 1, actual: 0") }
    guard mode == "NONE" || string.utf8.count > Self.lengthMax else { return prompt.add(string) }
    let length = string.utf16.count
    guard length > Self.lengthMax else { return prompt.add(string) }
    guard mode != "NONE" else { throw value.malformed("expected maxLength: \(Self.lengthMax), actual: \(length)") }
    prompt.add(String(mode == "END" ? string.prefix(Self.lengthMax) : string.suffix(Self.lengthMax)))
  }

  /// The bytes of a source, or where it is.
  private func source(_ source: BodyReader) throws(AWSFault) -> String {
    try source.object()
    if let bytes = source["bytes"] { return try bytes.string() }
    return try source.required("s3Location").required("uri").string()
  }

  func reply(_ completion: Completion) -> JSONValue {
    let vectors = zip(completion.input.embeddingTypes, completion.vectors()).map { type, vector in
      JSONValue.object([.init("embeddingType", .string(type)), .init("embedding", JSONValue(vector))])
    }
    return ["embeddings": .array(vectors)]
  }
}
