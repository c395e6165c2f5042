import BedrockQuotas
import Synchronization

/// The cached prompt prefixes. Each is kept for five minutes after its last use.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html. The shortest prefix differs by
/// model; here it is 1,024 tokens, the most common one, for all.
final class PromptCache: Sendable {
  static let nanosecondsToLive: Int64 = 300_000_000_000
  static let tokensMin = 1_024
  private static let entriesMax = 20_000

  private let expiries = Mutex<[UInt64: Int64]>([:])

  /// Looks up the longest cached prefix of a request, and caches all prefixes that it marks.
  /// - Returns: tokens read from the cache and tokens written to it.
  func use(_ points: [CachePoint], model: ModelID, at now: Int64) -> (read: Int, write: Int) {
    guard !points.isEmpty else { return (0, 0) }
    let model = FNV1a.hash(model.description)
    let points = points.filter { $0.tokens >= Self.tokensMin }
    guard let last = points.last else { return (0, 0) }
    return expiries.withLock { expiries in
      let read = points.last { (expiries[$0.prefixHash ^ model] ?? .min) > now }?.tokens ?? 0
      if expiries.count > Self.entriesMax { expiries = expiries.filter { $0.value > now } }
      if expiries.count > Self.entriesMax { expiries.removeAll() }
      for point in points { expiries[point.prefixHash ^ model] = now + Self.nanosecondsToLive }
      return (read, last.tokens - read)
    }
  }

  /// The tokens of the longest cached prefix of a request, which stays as it is.
  func tokens(cachedOf points: [CachePoint], model: ModelID, at now: Int64) -> Int {
    guard !points.isEmpty else { return 0 }
    let model = FNV1a.hash(model.description)
    return expiries.withLock { expiries in
      points.last { $0.tokens >= Self.tokensMin && (expiries[$0.prefixHash ^ model] ?? .min) > now }?.tokens ?? 0
    }
  }

  func reset() { expiries.withLock { $0.removeAll() } }
}
