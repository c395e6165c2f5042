package import AWSWire

/// Requests of one caller that begin alike, so that the service may have their beginning in its prompt cache.
package struct RouteSession: Sendable, Hashable {
  /// How long the service keeps a prompt that nobody uses, unless the request asks for an hour.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  private static let cacheSeconds = 300.0

  /// A hash with a key that differs from process to process, so that nobody can tell the prompt from it. It is not logged.
  let key: Int
  /// How long the service keeps the prompt after its last use.
  let cachedSeconds: Double
  let cachedFor: Duration

  /// A session that its caller has named.
  /// - Parameter caller: keeps the sessions of callers apart.
  package init(id: String, caller: String = "", keepsHour: Bool = false) {
    var hasher = Hasher()
    hasher.combine(0)
    hasher.combine(caller)
    hasher.combine(id)
    self.init(hasher, keepsHour: keepsHour)
  }

  /// The session of a request by its bytes: its system prompt, its tools and its first message.
  /// - Parameter prefix: these, as far as the request has them; nil comes of none.
  package init?(prefix: [JSONValue], caller: String = "", keepsHour: Bool) {
    guard !prefix.isEmpty else { return nil }
    var hasher = Hasher()
    hasher.combine(1)
    hasher.combine(caller)
    for value in prefix { value.hash(into: &hasher) }
    self.init(hasher, keepsHour: keepsHour)
  }

  private init(_ hasher: Hasher, keepsHour: Bool) {
    key = hasher.finalize()
    cachedSeconds = keepsHour ? 3_600 : Self.cacheSeconds
    cachedFor = .seconds(cachedSeconds)
  }
}

extension ModelRequest {
  /// The session of a request that names none; nil if its beginning can't be told.
  /// - Parameter caller: keeps the sessions of callers apart.
  package func session(of caller: String = "") -> RouteSession? {
    RouteSession(prefix: cachedPrefix, caller: caller, keepsHour: keepsHour)
  }

  /// Whether it asks the service to cache its beginning for an hour.
  fileprivate var keepsHour: Bool {
    body["cache_control"]?.asksForHour ?? false || cachedPrefix.contains(where: \.asksForHour)
  }

  /// The id by which its API lets callers tell conversations or users apart; nil: it has none.
  ///
  /// Sources: docs.claude.com/en/api/messages (`metadata.user_id`),
  /// platform.openai.com/docs/api-reference/chat/create (`prompt_cache_key`, which replaces `user`).
  fileprivate var namedSession: String? {
    let named =
      switch api {
      case .messages, .invokeModel: body["metadata"]?["user_id"]?.string
      case .chatCompletions, .responses: body["prompt_cache_key"]?.string ?? body["user"]?.string
      case .converse: String?.none
      }
    return named.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What the requests of a conversation have in common: all but the messages after the first one of the user.
  private var cachedPrefix: [JSONValue] {
    let names = ["model", "system", "instructions", "toolConfig", "tools"]
    let members = body.members ?? []
    var prefix = members.filter { names.contains($0.name) }.map(\.value)
    let turns = body["messages"] ?? body["input"]
    guard let messages = turns?.array else { return turns.map { prefix + [$0] } ?? [] }
    // In OpenAI's form the system prompt is a message.
    let first = messages.firstIndex { !["system", "developer"].contains($0["role"]?.string) } ?? messages.count - 1
    prefix += messages.prefix(first + 1)
    return messages.isEmpty ? [] : prefix
  }
}

extension RelayedRequest {
  /// The session of a request; nil if none is named, and its body can't be read or its beginning can't be told.
  /// - Parameter name: what a header calls the session; nil: the body's own id names it, or else its beginning does.
  package func session(of caller: String, named name: String? = nil) -> RouteSession? {
    guard let id = name ?? request?.namedSession else { return request?.session(of: caller) }
    return RouteSession(id: id, caller: caller, keepsHour: request?.keepsHour ?? false)
  }
}

extension JSONValue {
  /// Whether a mark in it asks the service to cache for an hour.
  fileprivate var asksForHour: Bool {
    switch self {
    case .array(let elements): elements.contains(where: \.asksForHour)
    case .object(let members): members.contains { $0.name == "ttl" ? $0.value.string == "1h" : $0.value.asksForHour }
    case .null, .bool, .integer, .number, .string: false
    }
  }

  /// Adds the value to a hash. Other values give other bytes.
  fileprivate func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let text): Self.hash(text, into: &hasher)
    case .array(let elements):
      hasher.combine(elements.count)
      for element in elements { element.hash(into: &hasher) }
    case .object(let members):
      hasher.combine(members.count)
      for member in members {
        Self.hash(member.name, into: &hasher)
        member.value.hash(into: &hasher)
      }
    }
  }

  /// By its bytes: strings that only look alike are different prompts, and normalizing them takes time.
  private static func hash(_ text: String, into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
