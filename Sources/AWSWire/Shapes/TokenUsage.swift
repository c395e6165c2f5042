/// What a reply says that it used.
package struct TokenUsage: Sendable, Equatable {
  /// Neither read from the cache nor written to it.
  package var input: Int
  package var output: Int
  package var cacheRead: Int
  package var cacheWrite: Int

  package init(input: Int, output: Int, cacheRead: Int = 0, cacheWrite: Int = 0) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
  }
}
