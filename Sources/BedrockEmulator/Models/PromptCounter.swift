import AWSWire

/// Adds up what a model sees of a prompt, in the prompt's order.
///
/// Bytes are turned into tokens for the whole prompt at once, so that four bytes are one token however they are split up.
struct PromptCounter {
  private(set) var cachePoints: [CachePoint] = []
  private var bytes = 0
  private var images = 0
  private var hash = FNV1a()

  /// Tokens up to here.
  var tokens: Int { TokenEstimate.tokens(bytes: bytes) + images * TokenEstimate.image }

  /// Begins a part, such as a user's turn: the same words in another place are another prompt, though they cost the same.
  mutating func begin(_ part: String) {
    // No text has this byte.
    mix(0xFF)
    mix(part)
  }

  mutating func add(_ text: String) {
    mix(0xFE)
    mix(text)
    bytes += text.utf8.count
  }

  /// A tool's schema or its input: as compact JSON.
  mutating func add(_ value: JSONValue) { add(value.text) }

  /// - Parameter source: what the picture is known by: its bytes in base64, or where it is.
  mutating func addImage(_ source: String) {
    mix(0xFD)
    mix(source)
    images += 1
  }

  /// A document costs the bytes that it has once decoded.
  mutating func addDocument(base64: String) {
    mix(0xFC)
    mix(base64)
    let digits = base64.utf8.count
    let padding = base64.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
    bytes += max(0, digits / 4 * 3 + digits % 4 * 3 / 4 - padding)
  }

  mutating func addCachePoint() { cachePoints.append(CachePoint(tokens: tokens, prefixHash: hash.value)) }

  /// A prompt has at least one token, even a picture's address or an empty turn.
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
