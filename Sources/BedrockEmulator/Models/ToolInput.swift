import AWSWire

/// The input of a forced tool call: the smallest value that the tool's JSON schema accepts.
///
/// A schema may refer to itself, and arrays and objects may multiply it, so a few hundred bytes can describe gigabytes. What would
/// go beyond the limits of depth, work and size becomes an empty object.
struct ToolInput {
  /// The depth at which schemas are cut off with an empty object.
  private static let depthMax = 16
  /// The limit of the work for one schema: the subschemas that are visited, and the members that are searched for them.
  private static let workMax = 20_000
  /// The limit of the input's size, in bytes of JSON, roughly.
  private static let bytesMax = 100_000
  private static let requiredMax = 100
  private static let itemsMax = 10
  /// The most parts of a reference such as `#/$defs/City`.
  private static let referencePartsMax = 16

  /// The schema in which `#/$defs/…` is looked up.
  private let root: JSONValue
  private var work = 0
  private var bytes = 0

  private init(root: JSONValue) { self.root = root }

  /// - Parameters:
  ///   - name: the name of the tool.
  ///   - body: a request of Converse or of any family.
  static func least(for name: String, in body: JSONValue) -> JSONValue {
    let tools = body["tools"]?.array ?? body["toolConfig"]?["tools"]?.array ?? []
    for tool in tools {
      let spec = tool["function"] ?? tool["toolSpec"] ?? tool
      guard spec["name"]?.string == name else { continue }
      guard let schema = spec["input_schema"] ?? spec["parameters"] ?? spec["inputSchema"]?["json"] else { break }
      var input = ToolInput(root: schema)
      let value = input.least(schema, depth: 0)
      return value.members == nil ? .object([]) : value
    }
    return .object([])
  }

  private mutating func least(_ schema: JSONValue, depth: Int) -> JSONValue {
    work += 1 + (schema.members?.count ?? 0) / 64
    guard depth < Self.depthMax, work <= Self.workMax, bytes <= Self.bytesMax else { return .object([]) }
    if let fixed = schema["const"] ?? schema["enum"]?.array?.first ?? schema["default"] { return copy(fixed) }
    if let reference = schema["$ref"]?.string { return least(resolve(reference), depth: depth + 1) }
    if let first = (schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"])?.array?.first { return least(first, depth: depth + 1) }
    bytes += 8
    switch schema["type"]?.string ?? schema["type"]?.array?.lazy.compactMap(\.string).first ?? "object" {
    case "string": return "sun"
    case "integer": return .integer(schema["minimum"]?.integer ?? 1)
    case "number": return schema["minimum"]?.double.map(JSONValue.number) ?? 1
    case "boolean": return true
    case "null": return .null
    case "array": return array(schema, depth: depth)
    default: return object(schema, depth: depth)
    }
  }

  private mutating func array(_ schema: JSONValue, depth: Int) -> JSONValue {
    let count = min(max(schema["minItems"]?.integer ?? 0, 0), Self.itemsMax)
    guard count > 0 else { return .array([]) }
    let before = bytes
    let item = schema["items"].map { least($0, depth: depth + 1) } ?? "sun"
    // All items are the same, but each takes its place in the reply.
    let (rest, overflow) = (bytes - before).multipliedReportingOverflow(by: count - 1)
    guard !overflow, bytes + rest <= Self.bytesMax else { return .array([item]) }
    bytes += rest
    return .array(Array(repeating: item, count: count))
  }

  private mutating func object(_ schema: JSONValue, depth: Int) -> JSONValue {
    let required = (schema["required"]?.array ?? []).prefix(Self.requiredMax).compactMap(\.string)
    let properties = schema["properties"]
    var members: [JSONValue.Member] = []
    for name in required {
      // Finding a property looks at all of them.
      work += (properties?.members?.count ?? 0) / 64
      bytes += name.utf8.count + 4
      guard work <= Self.workMax, bytes <= Self.bytesMax else { break }
      members.append(.init(name, least(properties?[name] ?? [:], depth: depth + 1)))
    }
    return .object(members)
  }

  /// A value that stands in the schema.
  private mutating func copy(_ value: JSONValue) -> JSONValue {
    let size = Self.size(of: value, limit: Self.bytesMax - bytes)
    work += size / 64
    bytes += size
    return bytes <= Self.bytesMax ? value : .object([])
  }

  /// The size of a value, in bytes of JSON, roughly; above `limit`, it isn't counted to the end.
  private static func size(of value: JSONValue, limit: Int) -> Int {
    var size = 8
    switch value {
    case .string(let text): size += text.utf8.count
    case .array(let elements):
      for element in elements where size <= limit { size += self.size(of: element, limit: limit - size) }
    case .object(let members):
      for member in members where size <= limit {
        size += member.name.utf8.count + self.size(of: member.value, limit: limit - size)
      }
    default: break
    }
    return size
  }

  /// `#/$defs/City`
  private mutating func resolve(_ reference: String) -> JSONValue {
    let parts = reference.split(separator: "/", maxSplits: Self.referencePartsMax + 1).dropFirst()
    work += reference.utf8.count / 64
    guard parts.count <= Self.referencePartsMax else { return .object([]) }
    var found = root
    for part in parts {
      work += (found.members?.count ?? 0) / 64
      found = found[String(part)] ?? .object([])
    }
    return found
  }
}
