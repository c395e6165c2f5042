import AWSWire

/// The smallest value that a JSON schema accepts: the input of a forced tool call, or structured output.
///
/// A schema may refer to itself, and arrays and objects may multiply it, so a few hundred bytes can describe gigabytes. What would
/// go beyond the limits of depth, work and size becomes an empty object.
struct SchemaInstance {
  /// The depth at which schemas are cut off with an empty object.
  private static let depthMax = 16
  /// The limit of the work for one schema: the subschemas that are visited, and the members that are searched for them.
  private static let workMax = 20_000
  /// The limit of the instance's size, in bytes of JSON, roughly.
  private static let bytesMax = 100_000
  private static let requiredMax = 100
  private static let itemsMax = 10
  /// The most characters that `minLength` can ask for.
  private static let lengthMax = 1_000
  /// The most parts of a reference such as `#/$defs/City`.
  private static let referencePartsMax = 16

  /// The schema in which `#/$defs/…` is looked up.
  private let root: JSONValue
  private var work = 0
  private var bytes = 0

  private init(root: JSONValue) { self.root = root }

  /// An instance of this schema.
  static func least(of schema: JSONValue) -> JSONValue {
    var instance = SchemaInstance(root: schema)
    return instance.least(schema, depth: 0)
  }

  /// The input of a call of this tool, which is always an object.
  /// - Parameters:
  ///   - name: the name of the tool.
  ///   - body: a request of Converse or of any family.
  static func toolInput(for name: String, in body: JSONValue) -> JSONValue {
    let tools = body["tools"]?.array ?? body["toolConfig"]?["tools"]?.array ?? []
    for tool in tools {
      let spec = tool["function"] ?? tool["toolSpec"] ?? tool
      guard spec["name"]?.string == name else { continue }
      guard let schema = spec["input_schema"] ?? spec["parameters"] ?? spec["inputSchema"]?["json"] else { break }
      let value = least(of: schema)
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
    case "string": return string(schema)
    case "integer": return .integer(integer(schema))
    case "number": return number(schema)
    case "boolean": return true
    case "null": return .null
    case "array": return array(schema, depth: depth)
    default: return object(schema, depth: depth)
    }
  }

  private mutating func array(_ schema: JSONValue, depth: Int) -> JSONValue {
    let count = min(max(schema["minItems"]?.integer ?? 0, 0), Self.itemsMax)
    guard count > 0 else { return .array([]) }
    if let first = schema["prefixItems"]?.array {
      return .array((0..<count).map { least($0 < first.count ? first[$0] : schema["items"] ?? [:], depth: depth + 1) })
    }
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

// MARK: - Strings and numbers

extension SchemaInstance {
  /// Examples of the formats that Bedrock's structured output supports.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
  private static let formats = [
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "00:00:00Z", "duration": "P1D",
    "email": "sun@example.com", "hostname": "example.com", "uri": "https://example.com/", "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1", "uuid": "00000000-0000-4000-8000-000000000000",
  ]

  private mutating func string(_ schema: JSONValue) -> JSONValue {
    if let example = schema["format"]?.string.flatMap({ Self.formats[$0] }) { return .string(example) }
    let least = min(max(schema["minLength"]?.integer ?? 0, 0), Self.lengthMax)
    let most = max(schema["maxLength"]?.integer ?? .max, 0)
    bytes += least
    let text = String(repeating: "sun", count: max(1, (least + 2) / 3))
    return .string(String(text.prefix(min(max(least, 3), most))))
  }

  private func integer(_ schema: JSONValue) -> Int {
    let limit = 1 << 53
    func whole(_ name: String) -> Double? { schema[name]?.double.map { min(max($0, -Double(limit)), Double(limit)) } }
    let least = whole("minimum").map { Int($0.rounded(.up)) } ?? whole("exclusiveMinimum").map { Int($0.rounded(.down)) + 1 }
    let most = whole("maximum").map { Int($0.rounded(.down)) } ?? whole("exclusiveMaximum").map { Int($0.rounded(.up)) - 1 }
    let step = schema["multipleOf"]?.integer.flatMap { (1...limit).contains($0) ? $0 : nil } ?? 1
    let start = least ?? min(1, most ?? 1)
    // The next multiple, or with a maximum only, the one before.
    let rest = ((start % step) + step) % step
    return rest == 0 ? start : least == nil && most.map({ $0 < start - rest + step }) == true ? start - rest : start - rest + step
  }

  private func number(_ schema: JSONValue) -> JSONValue {
    if let least = schema["minimum"]?.double { return .number(least) }
    if let least = schema["exclusiveMinimum"]?.double {
      let most = schema["maximum"]?.double ?? schema["exclusiveMaximum"]?.double ?? least + 2
      return .number(least + (most - least) / 2)
    }
    guard let most = schema["maximum"]?.double ?? schema["exclusiveMaximum"]?.double, most <= 1 else { return 1 }
    return .number(most - 1)
  }
}
