import AWSWire

/// Counts the tokens of a prompt and hashes its prefixes. Parts are added in the order of the prompt.
///
/// Tokens are computed from the bytes of the whole prompt, so they don't depend on how it is split into parts.
struct PromptCounter {
  /// As many as a request may mark.
  private static let automaticMax = 4

  private(set) var cachePoints: [CachePoint] = []
  private var bytes = 0
  private var images = 0
  private var hash = FNV1a()

  /// Tokens so far.
  var tokens: Int { TokenEstimate.tokens(bytes: bytes) + images * TokenEstimate.image }

  /// Begins a part, such as a user's turn, so that the same text in different parts has different hashes.
  mutating func begin(_ part: String) {
    // UTF-8 never has this byte.
    mix(0xFF)
    mix(part)
  }

  mutating func add(_ text: String) {
    mix(0xFE)
    mix(text)
    bytes += text.utf8.count
  }

  /// Adds a tool's schema or input, as compact JSON.
  mutating func add(_ value: JSONValue) { add(value.text) }

  /// - Parameter source: identifies the image: its bytes in base64, or its location.
  mutating func addImage(_ source: String) {
    mix(0xFD)
    mix(source)
    images += 1
  }

  /// Adds a document; its decoded bytes count like text.
  mutating func addDocument(base64: String) {
    mix(0xFC)
    mix(base64)
    let digits = base64.utf8.count
    let padding = base64.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
    bytes += max(0, digits / 4 * 3 + digits % 4 * 3 / 4 - padding)
  }

  mutating func addCachePoint() { cachePoints.append(CachePoint(tokens: tokens, prefixHash: hash.value)) }

  /// The points of a model that caches by itself: the last ones, so that a conversation finds what its earlier turns have cached.
  mutating func addAutomaticCachePoint() {
    if cachePoints.count == Self.automaticMax { cachePoints.removeFirst() }
    addCachePoint()
  }

  /// The input of a request; at least one token.
  func input(maxTokens: Int?, stopSequences: [String] = [], forcedTool: String? = nil) -> InvocationInput {
    InvocationInput(
      inputTokens: max(1, tokens), maxTokens: maxTokens, cachePoints: cachePoints,
      stopSequences: stopSequences.filter { !$0.isEmpty }, forcedTool: forcedTool)
  }

  private mutating func mix(_ byte: UInt8) { hash.add(byte) }

  private mutating func mix(_ text: String) {
    for byte in text.utf8 { mix(byte) }
  }
}
