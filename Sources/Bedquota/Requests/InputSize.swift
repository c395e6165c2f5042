import AWSWire
import BedrockQuotas

/// How much of a request's body becomes input. Measuring walks the whole body, so it is done once per request.
struct InputSize: Sendable, Equatable {
  /// English text has about four bytes per token, Chinese text three.
  static let bytesPerTokenMin = 3
  /// The tokens that a message or block adds to those of its text.
  private static let tokensPerBlock = 8

  /// Bytes of text that the model reads.
  private(set) var bytes = 0
  /// JSON objects: messages, blocks and the like.
  private(set) var blocks = 0
  /// Pictures, documents, recordings and films. The model doesn't read their base64 as text.
  private(set) var mediaCount = 0
  /// A high estimate of the tokens of all media.
  private(set) var mediaTokens = 0

  /// - Parameter cost: the cost of media for the model that the request is for. It is looked up if there are any.
  init(_ body: JSONValue, _ cost: @autoclosure () -> MediaCost = Facts.builtIn.mediaCost(of: nil)) {
    var known: MediaCost?
    var walk = BodyWalk(body)
    while let part = walk.next() {
      switch part {
      case .block: blocks += 1
      case .text(let text): bytes += text.utf8.count
      case .number: bytes += 2
      case .medium(let medium):
        mediaCount += 1
        let cost = known ?? cost()
        known = cost
        // Sums stay far from overflow: a body of 25 MB has at most some million media.
        mediaTokens += min(medium.tokensMax(cost), MediaCost.tokensMax)
      }
    }
  }

  /// The size of a body that can't be read, which may be anything: one medium of so many tokens.
  init(unread tokens: Int) {
    (mediaCount, mediaTokens) = (1, tokens)
  }

  /// An estimate of the input tokens that is too large rather than too small.
  var estimatedTokens: Int { bytes / Self.bytesPerTokenMin + (blocks + 1) * Self.tokensPerBlock + mediaTokens }
}
