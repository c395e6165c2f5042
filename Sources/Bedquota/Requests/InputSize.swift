import AWSWire
import Foundation

/// How much of a request's body becomes input. Measuring walks the whole body, so it is done once per request.
struct InputSize: Sendable {
  /// English text has about four bytes per token, Chinese text three.
  private static let bytesPerTokenMin = 3
  /// The tokens that a message or block adds to those of its text.
  private static let tokensPerBlock = 8
  /// Claude reads a picture as at most this many tokens: docs.claude.com/en/docs/build-with-claude/vision.
  private static let tokensPerAttachmentMax = 1_600
  /// Texts under `bytes` and `data` that are shorter than this are not counted as a picture or document.
  private static let attachmentBytesMin = 513

  /// Bytes of text that the model reads.
  private(set) var bytes = 0
  /// JSON objects: messages, blocks and the like.
  private(set) var blocks = 0
  /// Pictures and documents.
  private(set) var attachments = 0

  init(_ body: JSONValue) { add(body) }

  /// An estimate of the input tokens that is too large rather than too small.
  var estimatedTokens: Int {
    bytes / Self.bytesPerTokenMin + (blocks + 1) * Self.tokensPerBlock + attachments * Self.tokensPerAttachmentMax
  }

  private mutating func add(_ value: JSONValue) {
    switch value {
    case .string(let text): bytes += text.utf8.count
    case .array(let elements): for element in elements { add(element) }
    case .object(let members):
      blocks += 1
      for member in members {
        // The model doesn't read the base64 of a picture as text.
        if let text = member.value.string, ["bytes", "data"].contains(member.name),
          text.utf8.count >= Self.attachmentBytesMin
        {
          attachments += 1
        } else {
          add(member.value)
        }
      }
    default: bytes += 2
    }
  }
}
