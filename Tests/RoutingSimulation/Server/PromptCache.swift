/// The prompt cache of one scope: the prefix of a session stays for a while after its last use.
struct PromptCache: Sendable {
  private var entries: [UInt64: (tokens: Int64, until: Int64)] = [:]
  /// Nanoseconds.
  private let lifetime: Int64
  /// The smallest prefix that is cached, which differs by model.
  private let tokensMin: Int64

  init(lifetime: Int64, tokensMin: Int64) {
    self.lifetime = lifetime
    self.tokensMin = tokensMin
  }

  /// The tokens of a prompt that are read from the cache.
  func read(_ session: UInt64, prompt: Int64, at now: Int64) -> Int64 {
    guard let entry = entries[session], entry.until > now else { return 0 }
    return min(entry.tokens, prompt)
  }

  /// - Returns: the tokens that are cached now.
  mutating func write(_ session: UInt64, prompt: Int64, at now: Int64) -> Int64 {
    guard prompt >= tokensMin else { return 0 }
    entries[session] = (prompt, now + lifetime)
    return prompt
  }
}
