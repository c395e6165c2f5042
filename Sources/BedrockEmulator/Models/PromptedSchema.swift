import AWSWire

/// A JSON schema in a prompt. Libraries for models without structured output write one there and parse the reply as JSON, and
/// models obey.
///
/// A JSON object is taken for a schema if its `properties` are an object, if it refers to its `$defs`, or if each of its members is
/// a schema: some libraries show the properties only, and mean that all are required. It is looked for in the system prompt and in
/// the last message.
enum PromptedSchema {
  /// The longest text that is searched, in bytes; longer ones are documents, not instructions.
  private static let textBytesMax = 100_000
  /// The most bytes that are read of objects which turn out to be none.
  private static let workMax = 1_000_000

  /// Every schema has one of these words.
  private static let marks = ["\"properties\"", "\"type\"", "\"$defs\""].map { Array($0.utf8) }
  /// A member of one of these names makes an object a schema.
  private static let keywords = ["type", "$ref", "enum", "const", "anyOf", "oneOf", "allOf"]

  /// The text of the reply: the JSON of the smallest instance; nil if the prompt has no schema.
  /// - Parameter body: a request with `system` and `messages`, as in Converse and in most families.
  static func text(askedIn body: JSONValue) -> String? {
    for text in texts(in: body) {
      if let schema = schema(in: text) { return SchemaInstance.least(of: schema).text }
    }
    return nil
  }

  private static func texts(in body: JSONValue) -> [String] {
    let messages = body["messages"]?.array ?? []
    let system = messages.prefix { $0["role"]?.string == "system" || $0["role"]?.string == "developer" }.map { $0["content"] }
    return (texts(of: body["system"]) + system.flatMap(texts) + texts(of: messages.last?["content"]))
  }

  private static func texts(of content: JSONValue?) -> [String] {
    if let text = content?.string { return [text] }
    return (content?.array ?? []).compactMap { $0["text"]?.string ?? $0.string }
  }

  private static func schema(in text: String) -> JSONValue? {
    let bytes = Array(text.utf8)
    guard bytes.count <= textBytesMax, marks.contains(where: { bytes.firstRange(of: $0) != nil }) else { return nil }
    var position = 0
    var work = 0
    while let brace = bytes[position...].firstIndex(of: UInt8(ascii: "{")), work < workMax {
      var reader = JSONReader(bytes, at: brace)
      let value = try? reader.readValue()
      work += reader.position - brace + 1
      if let schema = value.flatMap(schema) { return schema }
      position = value == nil ? brace + 1 : reader.position
    }
    return nil
  }

  private static func schema(_ value: JSONValue) -> JSONValue? {
    if value["properties"]?.members != nil || (value["$defs"] != nil && value["$ref"] != nil) { return value }
    guard let definitions = value["$defs"] else { return object(of: value) }
    // The definitions may be properties too, or whole schemas.
    let members = (definitions.members ?? []).map { JSONValue.Member($0.name, object(of: $0.value) ?? $0.value) }
    guard case .object(let schema)? = object(of: value.without("$defs")) else { return nil }
    return .object(schema + [.init("$defs", .object(members))])
  }

  /// The schema of an object with these properties, all of which are required; nil unless each is a schema.
  private static func object(of properties: JSONValue) -> JSONValue? {
    guard let members = properties.members, !members.isEmpty,
      members.allSatisfy({ member in keywords.contains { member.value[$0] != nil } })
    else { return nil }
    return ["type": "object", "properties": properties, "required": .array(members.map { .string($0.name) })]
  }
}
