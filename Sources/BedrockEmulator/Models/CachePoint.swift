/// The end of a prompt prefix that is to be cached.
package struct CachePoint: Sendable, Equatable {
  /// Tokens of the prefix.
  package var tokens: Int
  /// A hash of the prefix.
  package var prefixHash: UInt64
}
