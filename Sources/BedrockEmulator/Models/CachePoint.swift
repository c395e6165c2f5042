import AWSWire
import BedrockQuotas

/// A point up to which a prompt is kept for later requests with the same beginning.
package struct CachePoint: Sendable, Equatable {
  /// Tokens from the beginning of the prompt to here.
  package var tokens: Int
  /// A hash of everything from the beginning of the prompt to here.
  package var prefixHash: UInt64
}
