import AWSWire

/// The input of a forced tool call: the smallest value that the tool's JSON schema accepts.
struct ToolInput {
  /// The depth at which schemas are cut off with an empty object.
  private static let depthMax = 16
  /// The schema in which `#/$defs/…` is looked up.
  private let root: JSONValue

  /// - Parameters:
  ///   - name: the name of the tool.
  ///   - body: a request of Converse or of any family.
  static func least(for name: String, in body: JSONValue) -> JSONValue {
    let tools = body["tools"]?.array ?? body["toolConfig"]?["tools"]?.array ?? []
    for tool in tools {
      let spec = tool["function"] ?? tool["toolSpec"] ?? tool
      guard spec["name"]?.string == name else { continue }
      guard let schema = spec["input_schema"] ?? spec["parameters"] ?? spec["inputSchema"]?["json"] else { break }
      let value = ToolInput(root: schema).least(schema, depth: 0)
      return value.members == nil ? .object([]) : value
    }
    return .object([])
  }

  private func least(_ schema: JSONValue, depth: Int) -> JSONValue {
    guard depth < Self.depthMax else { return .object([]) }
    if let fixed = schema["const"] ?? schema["enum"]?.array?.first ?? schema["default"] { return fixed }
    if let reference = schema["$ref"]?.string { return least(resolve(reference), depth: depth + 1) }
    if let first = (schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"])?.array?.first { return least(first, depth: depth + 1) }
    switch schema["type"]?.string ?? schema["type"]?.array?.lazy.compactMap(\.string).first ?? "object" {
    case "string": return "sun"
    case "integer": return .integer(schema["minimum"]?.integer ?? 1)
    case "number": return schema["minimum"] ?? 1
    case "boolean": return true
    case "null": return .null
    case "array":
      let count = min(max(schema["minItems"]?.integer ?? 0, 0), 10)
      return .array(Array(repeating: schema["items"].map { least($0, depth: depth + 1) } ?? "sun", count: count))
    default:
      let required = (schema["required"]?.array ?? []).prefix(100).compactMap(\.string)
      return .object(required.map { .init($0, least(schema["properties"]?[$0] ?? [:], depth: depth + 1)) })
    }
  }

  /// `#/$defs/City`
  private func resolve(_ reference: String) -> JSONValue {
    reference.split(separator: "/").dropFirst().reduce(root) { found, name in found[String(name)] ?? .object([]) }
  }
}
