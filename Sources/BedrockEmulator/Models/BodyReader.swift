import AWSServer
import AWSWire

/// A value in a request's body with its path, which faults name.
struct BodyReader {
  /// The validation of a body, on which the faults depend.
  enum Dialect {
    /// Bedrock's JSON schemas for InvokeModel. `null` is a type, usually the wrong one.
    case schema
    /// The same, but `null` counts as absent: models with OpenAI's chat format.
    case chat
    /// AWS's own shapes. `null` counts as absent, and wrong types are faults before any validation.
    case converse
    /// The OpenAI-compatible APIs: as `chat`, in OpenAI's words.
    case openAI
    /// The Messages API, in Anthropic's words. `null` counts as absent.
    case messages
  }

  let value: JSONValue
  /// `#`, `#/messages/0`
  let path: String
  let dialect: Dialect

  init(_ body: JSONValue, _ dialect: Dialect) { self.init(value: body, path: "#", dialect: dialect) }

  private init(value: JSONValue, path: String, dialect: Dialect) {
    self.value = value
    self.path = path
    self.dialect = dialect
  }

  /// The path as in Anthropic's and Converse's messages: `messages.0`.
  var dottedPath: String { String(path.dropFirst(2).replacing("/", with: ".")) }

  /// The member of this name; nil if there is none.
  subscript(_ name: String) -> BodyReader? {
    guard let member = value[name], dialect == .schema || !member.isNull else { return nil }
    return BodyReader(value: member, path: "\(path)/\(name)", dialect: dialect)
  }

  func required(_ name: String) throws(AWSFault) -> BodyReader {
    try object()
    guard let member = self[name] else { throw missing(name) }
    return member
  }

  func string() throws(AWSFault) -> String {
    guard let string = value.string else { throw wrongType("String") }
    return string
  }

  /// Checks that this is an object.
  @discardableResult
  func object() throws(AWSFault) -> BodyReader {
    guard value.members != nil else { throw wrongType("JSONObject") }
    return self
  }

  func elements() throws(AWSFault) -> [BodyReader] {
    guard let elements = value.array else { throw wrongType("JSONArray") }
    return elements.enumerated().map { BodyReader(value: $1, path: "\(path)/\($0)", dialect: dialect) }
  }

  /// A list of strings, or in the chat format a single one.
  func strings() throws(AWSFault) -> [String] {
    if dialect == .chat || dialect == .openAI, let string = value.string { return [string] }
    var strings: [String] = []
    for element in try elements() { strings.append(try element.string()) }
    return strings
  }

  /// A whole number of 32 bits; no parameter of a model is larger.
  func integer() throws(AWSFault) -> Int {
    if let integer = value.integer, integer.magnitude <= Int32.max { return integer }
    guard let number = value.double, number == number.rounded(), dialect != .converse else { throw wrongType("Integer") }
    throw malformed(
      number > 0 ? "\(value.text) is not less or equal to \(Int32.max)" : "\(value.text) is not greater or equal to \(Int32.min)")
  }

  func boolean() throws(AWSFault) -> Bool {
    guard let boolean = value.bool else { throw wrongType("Boolean") }
    return boolean
  }

  /// Checks that this is a number from 0 to 1.
  func checkShare() throws(AWSFault) {
    guard let number = value.double else { throw wrongType("Number") }
    if number < 0 { throw malformed("\(value.text) is not greater or equal to 0") }
    if number > 1 { throw malformed("\(value.text) is not less or equal to 1") }
  }

  func integer(atLeast minimum: Int) throws(AWSFault) -> Int {
    let integer = try integer()
    guard integer >= minimum else { throw malformed("\(integer) is not greater or equal to \(minimum)") }
    return integer
  }
}

extension BodyReader {
  /// Checks the names of an object's members. As in Bedrock, one message lists all missing and unknown ones.
  func check(required: [String], allowed: Set<String>? = nil) throws(AWSFault) {
    try object()
    if dialect == .messages { return try checkMessages(required: required, allowed: allowed) }
    var problems = required.filter { self[$0] == nil }.map { "required key [\($0)] not found" }
    if let allowed {
      // Keys with this prefix configure guardrails and are allowed for all models.
      let unknown = (value.members ?? []).lazy.map(\.name).filter { !allowed.contains($0) && !$0.hasPrefix("amazon-bedrock-") }
      // Limit the message; a body may have a million unknown keys.
      problems += unknown.prefix(16).map { "extraneous key [\($0.prefix(50))] is not permitted" }
    }
    if !problems.isEmpty { throw malformed(problems.joined(separator: "\(path): ")) }
  }

  /// Anthropic names one problem at a time.
  private func checkMessages(required: [String], allowed: Set<String>?) throws(AWSFault) {
    if let name = required.first(where: { self[$0] == nil }) { throw missing(name) }
    guard let allowed, let unknown = (value.members ?? []).first(where: { !allowed.contains($0.name) }) else { return }
    throw .invalid("\(member(unknown.name).dottedPath): Extra inputs are not permitted")
  }

  /// Reads a string that must be one of `words`.
  func string(among words: [String]) throws(AWSFault) -> String {
    let word = try string()
    guard words.contains(word) else { throw malformed("\(word.prefix(50)) is not a valid enum value") }
    return word
  }

  func malformed(_ problem: String) -> AWSFault {
    switch dialect {
    case .openAI: .invalid("Invalid value for '\(bracketedPath)': \(problem).")
    case .messages: .invalid("\(dottedPath): \(problem)")
    case .schema, .chat, .converse:
      .invalid("Malformed input request: \(path): \(problem), please reformat your input and try again.")
    }
  }

  private func missing(_ name: String) -> AWSFault {
    switch dialect {
    case .openAI: .invalid("Missing required parameter: '\(member(name).bracketedPath)'.")
    case .messages: .invalid("\(member(name).dottedPath): Field required")
    case .schema, .chat, .converse: malformed("required key [\(name)] not found")
    }
  }

  /// A member that may be absent, for its path.
  private func member(_ name: String) -> BodyReader {
    BodyReader(value: .null, path: "\(path)/\(name.prefix(50))", dialect: dialect)
  }

  /// The path as in OpenAI's messages: `messages[0].content`.
  private var bracketedPath: String {
    path.dropFirst(2).split(separator: "/").reduce(into: "") { text, part in
      text += Int(part) != nil ? "[\(part)]" : text.isEmpty ? String(part) : ".\(part)"
    }
  }

  /// - Parameter expected: `String`, `Integer`, `Number`, `Boolean`, `JSONArray` or `JSONObject`.
  func wrongType(_ expected: String) -> AWSFault {
    switch dialect {
    case .schema, .chat: return malformed("expected type: \(expected), found: \(value.schemaType)")
    case .openAI:
      let message = "expected \(Self.withArticle(expected)), but got \(Self.withArticle(value.schemaType)) instead"
      return .invalid("Invalid type for '\(bracketedPath)': \(message).")
    case .messages:
      let types = ["JSONArray": "list", "JSONObject": "dictionary", "Boolean": "boolean"]
      return .invalid("\(dottedPath): Input should be a valid \(types[expected] ?? expected.lowercased())")
    case .converse: break
    }
    let message =
      switch value {
      case .object: "Start of structure or map found where not expected."
      case .array: "Start of list found where not expected."
      default: "\(value.tokenName) can not be converted to \(["I", "A"].contains(expected.prefix(1)) ? "an" : "a") \(expected)"
      }
    return AWSFault(code: "SerializationException", message: message, status: 400, isModelled: false)
  }

  /// A type in OpenAI's words: `an array`.
  private static func withArticle(_ type: String) -> String {
    switch type {
    case "JSONArray": "an array"
    case "JSONObject": "an object"
    case "Integer": "an integer"
    case "BigDecimal", "Number": "a number"
    case "Null": "null"
    default: "a \(type.lowercased())"
    }
  }
}

extension AWSFault {
  static func invalid(_ message: String) -> AWSFault { AWSFault(code: "ValidationException", message: message) }
}

extension JSONValue {
  /// Compact JSON.
  var text: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func without(_ name: String) -> JSONValue {
    guard let members else { return self }
    return .object(members.filter { $0.name != name })
  }

  /// The type's name in Bedrock's schema faults.
  fileprivate var schemaType: String {
    switch self {
    case .null: "Null"
    case .bool: "Boolean"
    case .integer: "Integer"
    case .number: "BigDecimal"
    case .string: "String"
    case .array: "JSONArray"
    case .object: "JSONObject"
    }
  }

  /// The token's name in AWS's parser faults.
  fileprivate var tokenName: String {
    switch self {
    case .null: "NULL_VALUE"
    case .bool(let value): value ? "TRUE_VALUE" : "FALSE_VALUE"
    case .integer: "NUMBER_VALUE"
    case .number(let value): value == value.rounded() ? "NUMBER_VALUE" : "DECIMAL_VALUE"
    case .string: "STRING_VALUE"
    case .array, .object: "VALUE"
    }
  }
}
