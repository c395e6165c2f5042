import AWSServer
import AWSWire

/// The JSON schema that a request asks the reply to follow.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html (Converse: `outputConfig.textFormat`; InvokeModel
/// for Claude: `output_config.format`, formerly `output_format`; for open-weight models: `response_format`).
enum OutputSchema {
  /// The text of structured output: the JSON of the smallest instance of the schema; nil if the request asks for none.
  /// - Parameters:
  ///   - body: a request of Converse, or of InvokeModel for any family.
  ///   - isConverse: whether it is a request of Converse.
  static func text(askedIn body: JSONValue, isConverse: Bool) throws(AWSFault) -> String? {
    if let schema = try converse(body["outputConfig"]) ?? (isConverse ? inModelFields(body) : native(body)) {
      return SchemaInstance.least(of: schema).text
    }
    // "json_object" asks for any object.
    return body["response_format"]?["type"]?.string == "json_object" && !isConverse ? "{}" : nil
  }

  /// Claude's own field reaches the model through Converse too.
  private static func inModelFields(_ body: JSONValue) -> JSONValue? {
    body["additionalModelRequestFields"].flatMap { anthropic($0) }
  }

  private static func native(_ body: JSONValue) -> JSONValue? {
    anthropic(body) ?? (body["response_format"]?["type"]?.string == "json_schema" ? openAI(body["response_format"]) : nil)
  }

  private static func anthropic(_ body: JSONValue) -> JSONValue? {
    guard let format = body["output_config"]?["format"] ?? body["output_format"] else { return nil }
    return format["type"]?.string == "json_schema" ? format["schema"] : nil
  }

  private static func openAI(_ format: JSONValue?) -> JSONValue? { format?["json_schema"]?["schema"] }

  /// Converse has the schema as a string with JSON in it.
  private static func converse(_ config: JSONValue?) throws(AWSFault) -> JSONValue? {
    guard let format = config?["textFormat"], !format.isNull else { return nil }
    guard format["type"]?.string == "json_schema" else {
      throw violation("satisfy enum value set: [json_schema]", at: "outputConfig.textFormat.type", format["type"])
    }
    let path = "outputConfig.textFormat.structure.jsonSchema.schema"
    guard let text = format["structure"]?["jsonSchema"]?["schema"]?.string else { throw violation("not be null", at: path, nil) }
    guard let schema = try? JSONValue(Array(text.utf8)), schema.members != nil else {
      throw .invalid("The value at \(path) is not a valid JSON schema. Provide a JSON object and try again.")
    }
    return schema
  }

  private static func violation(_ constraint: String, at path: String, _ value: JSONValue?) -> AWSFault {
    let shown = value?.string.map { "'\($0.prefix(50))'" } ?? "null"
    return .invalid(
      "1 validation error detected: Value \(shown) at '\(path)' failed to satisfy constraint: Member must \(constraint)")
  }
}
